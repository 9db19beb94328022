import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder or project that the command line names, as when a person opens one from the file manager: the last argument
 * that is no option and exists, as a path or a `file:` URL (Linux desktops pass those). The program's own path and, when running from sources, the app's folder are not meant.
 *
 * @param fromSources whether the first argument that is no option is the app's own folder
 */
export function pathFromArguments(argv: readonly string[], fromSources: boolean, cwd: string): string | null {
  const [, ...rest] = argv;
  const named = rest.filter((argument) => argument !== '' && !argument.startsWith('-'));
  const given = named.slice(fromSources ? 1 : 0).at(-1);
  if (given === undefined) return null;
  const path = given.startsWith('file:') ? fileURLToPath(given) : resolve(cwd, given);
  return existsSync(path) ? path : null;
}
