import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const PUBLIC_INDEX = 'https://pypi.org/simple/';

/** What of pip's configuration concerns fetching a file. */
export interface PipConfig {
  /** Addresses of package indexes, each ending in a slash, in the order to ask them. */
  indexes: string[];
  /** A bundle of certificate authorities, such as a company proxy's. */
  cafile: string | undefined;
}

/**
 * Reads where pip looks for packages, from its files and the environment, without needing Python: `index-url`,
 * `extra-index-url` and `cert`, as `pip config` documents them. A later file and the environment win. Indexes that are
 * folders (`file:`) are left out.
 *
 * @param files pip's configuration files, weakest first; default: those of this system and user
 */
export function readPipConfig(env = process.env, files: readonly string[] = configFiles(env)): PipConfig {
  const settings = new Map<string, string>();
  for (const file of files) {
    if (!existsSync(file)) continue;
    for (const [key, value] of readGlobalSection(readFileSync(file, 'utf8'))) settings.set(key, value);
  }
  for (const [key, name] of [
    ['index-url', 'PIP_INDEX_URL'],
    ['extra-index-url', 'PIP_EXTRA_INDEX_URL'],
    ['cert', 'PIP_CERT'],
  ] as const) {
    const value = env[name];
    if (value !== undefined && value !== '') settings.set(key, value);
  }
  const addresses = `${settings.get('index-url') ?? PUBLIC_INDEX} ${settings.get('extra-index-url') ?? ''}`;
  const indexes = addresses.split(/\s+/).filter((address) => /^https?:/i.test(address));
  return {
    indexes: indexes.map((address) => (address.endsWith('/') ? address : `${address}/`)),
    cafile: settings.get('cert'),
  };
}

function configFiles(env: NodeJS.ProcessEnv): string[] {
  if (env.PIP_CONFIG_FILE !== undefined) return [env.PIP_CONFIG_FILE];
  const home = homedir();
  return [
    '/etc/xdg/pip/pip.conf',
    '/etc/pip.conf',
    join(home, '.pip', 'pip.conf'),
    join(env.XDG_CONFIG_HOME ?? join(home, '.config'), 'pip', 'pip.conf'),
    ...(env.VIRTUAL_ENV === undefined ? [] : [join(env.VIRTUAL_ENV, 'pip.conf')]),
  ];
}

/** Keys and values of `[global]`; a value goes on in indented lines. */
function readGlobalSection(text: string): [key: string, value: string][] {
  const found: [string, string][] = [];
  let inGlobal = false;
  for (const line of text.split(/\r?\n/)) {
    if (/^\s*([#;]|$)/.test(line)) continue;
    const section = /^\[(.+)\]/.exec(line);
    if (section) {
      inGlobal = section[1] === 'global';
      continue;
    }
    if (!inGlobal) continue;
    const last = found.at(-1);
    const setting = /^([\w-]+)\s*[=:]\s*(.*)$/.exec(line);
    if (setting) found.push([setting[1]!.replaceAll('_', '-').toLowerCase(), setting[2]!.trim()]);
    else if (last) last[1] = `${last[1]} ${line.trim()}`.trim();
  }
  return found;
}
