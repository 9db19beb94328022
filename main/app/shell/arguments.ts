import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The folder or project named on the command line, as when one is opened from the file manager: the last argument that
 * is not an option, as a path or a `file:` URL (which Linux desktops pass). Null if there is none or it does not exist.
 *
 * @param argv includes the path of the program
 * @param fromSources whether the first argument that is not an option is the app's own folder
 */
export function pathFromArguments(argv: readonly string[], fromSources: boolean, cwd: string): string | null {
  const [, ...rest] = argv;
  const named = rest.filter((argument) => argument !== '' && !argument.startsWith('-'));
  const given = named.slice(fromSources ? 1 : 0).at(-1);
  if (given === undefined) return null;
  const path = given.startsWith('file:') ? fileURLToPath(given) : resolve(cwd, given);
  return existsSync(path) ? path : null;
}
