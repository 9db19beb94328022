import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from './step.ts';

/** What of npm's configuration concerns fetching a package. */
export interface NpmConfig {
  /** Address of the registry, ending in a slash. */
  registry: string;
  /** Value of the Authorization header for addresses under the registry, when there is one. */
  authorization: string | undefined;
  proxy: string | undefined;
  httpsProxy: string | undefined;
  noProxy: string | undefined;
  cafile: string | undefined;
}

/** Asks npm itself (0.3 s), so that `.npmrc` files, environment and defaults count just as they do in `npm install`. */
export async function readNpmConfig(): Promise<NpmConfig> {
  const config = await listNpmConfig();
  const text = (key: string): string | undefined => {
    const value = config[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const registry = withSlash(text('registry') ?? 'https://registry.npmjs.org/');
  const files = [join(ROOT, '.npmrc'), text('userconfig'), text('globalconfig')];
  const noProxy = config.noproxy;
  return {
    registry,
    authorization: findAuthorization(registry, files.map(readOrEmpty).join('\n'), process.env),
    proxy: text('proxy'),
    httpsProxy: text('https-proxy'),
    noProxy: Array.isArray(noProxy) ? noProxy.filter(Boolean).join(',') || undefined : undefined,
    cafile: text('cafile'),
  };
}

async function listNpmConfig(): Promise<Record<string, unknown>> {
  const args = ['config', 'list', '--json'];
  const run = promisify(execFile);
  const options = { cwd: ROOT, maxBuffer: 1 << 24, timeout: 60_000 };
  // Inside `npm run` npm tells where it is; elsewhere it is on the PATH, on Windows as a script of the shell's.
  const npm = process.env.npm_execpath;
  const { stdout } =
    npm?.endsWith('npm-cli.js') === true
      ? await run(process.execPath, [npm, ...args], options)
      : await run('npm', args, { ...options, shell: process.platform === 'win32' });
  return JSON.parse(stdout) as Record<string, unknown>;
}

/**
 * Finds the credentials for `registry` in the text of `.npmrc` files; the first file wins, and the longest address that
 * the registry starts with. npm does not print them, hence this reading of its files. `${NAME}` is replaced from `env`.
 *
 * @returns `Bearer …` or `Basic …`, or undefined
 */
export function findAuthorization(
  registry: string,
  npmrc: string,
  env: Record<string, string | undefined>,
): string | undefined {
  const place = registry.replace(/^https?:/, '');
  let best: { length: number; value: string } | undefined;
  for (const line of npmrc.split(/\r?\n/)) {
    const match = /^\s*(\/\/[^\s=]*?):(_authToken|_auth)\s*=\s*"?([^"\s]+)"?\s*$/.exec(line);
    if (match === null) continue;
    const [, address = '', kind, raw = ''] = match;
    if (!place.startsWith(withSlash(address)) || (best !== undefined && best.length >= address.length))
      continue;
    const secret = raw.replace(/\$\{([^}]+)\}/g, (whole, name: string) => env[name] ?? whole);
    best = { length: address.length, value: `${kind === '_auth' ? 'Basic' : 'Bearer'} ${secret}` };
  }
  return best?.value;
}

const withSlash = (address: string): string => (address.endsWith('/') ? address : `${address}/`);

function readOrEmpty(path: string | undefined): string {
  try {
    return path === undefined ? '' : readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
