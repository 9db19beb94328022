import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** pip's settings for fetching a file. */
export interface PipConfig {
  /** Addresses of package indexes, each ending in a slash, in the order to ask them. */
  indexes: string[];
  /** File of certificate authorities, such as a company proxy's. */
  cafile: string | undefined;
}

/**
 * Reads `index-url`, `extra-index-url` and `cert` from pip's files and environment, without Python. Later files win over
 * earlier ones and the environment over all files, as `pip config` documents. Indexes in folders (`file:`) are ignored.
 *
 * @param files pip's configuration files, weakest first; default: those of this system and user
 */
export function readPipConfig(env = process.env, files: readonly string[] = configFiles(env)): PipConfig {
  const settings = Object.assign(
    {},
    ...files.filter((file) => existsSync(file)).map((file) => globalSection(readFileSync(file, 'utf8'))),
  ) as Partial<Record<string, string>>;
  const setting = (key: string): string | undefined =>
    [env[`PIP_${key.toUpperCase().replaceAll('-', '_')}`], settings[key]].find(Boolean);
  const addresses = `${setting('index-url') ?? 'https://pypi.org/simple/'} ${setting('extra-index-url') ?? ''}`;
  return {
    indexes: addresses
      .split(/\s+/)
      .filter((address) => /^https?:/i.test(address))
      .map((address) => address.replace(/\/?$/, '/')),
    cafile: setting('cert'),
  };
}

function configFiles(env: NodeJS.ProcessEnv): string[] {
  if (env.PIP_CONFIG_FILE !== undefined) return [env.PIP_CONFIG_FILE];
  return [
    '/etc/xdg/pip/pip.conf',
    '/etc/pip.conf',
    join(homedir(), '.pip', 'pip.conf'),
    join(env.XDG_CONFIG_HOME ?? join(homedir(), '.config'), 'pip', 'pip.conf'),
    ...(env.VIRTUAL_ENV === undefined ? [] : [join(env.VIRTUAL_ENV, 'pip.conf')]),
  ];
}

/** Settings of `[global]` in the format of Python's configparser, where indented lines continue a value. */
function globalSection(text: string): Record<string, string> {
  const lines = text.split(/\r?\n/).filter((line) => !/^\s*([#;]|$)/.test(line));
  const unfolded = lines.join('\n').replace(/\n\s+/g, ' ');
  const section = /^\[global\]\n((?:(?!\[).*\n?)*)/m.exec(unfolded)?.[1] ?? '';
  return Object.fromEntries(
    [...section.matchAll(/^([\w-]+)\s*[=:][^\S\n]*(.*)$/gm)].map(([, key, value]) => [
      key!.replaceAll('_', '-').toLowerCase(),
      value!.trim(),
    ]),
  );
}
