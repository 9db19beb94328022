import { basename, extname } from 'node:path';

/** File systems allow 255 bytes; the rest is for what is appended. */
const MAX_BYTES = 200;
/** Not allowed on Windows, or a path separator. */
// eslint-disable-next-line no-control-regex -- control characters are searched for
const UNSAFE = /[<>:"/\\|?*\u0000-\u001f]/g;
const RESERVED = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/** A folder name for a class: characters that some file system refuses become `_`. */
export function folderName(name: string): string {
  const safe = shorten(
    name
      .trim()
      .replace(UNSAFE, '_')
      .replace(/[. ]+$/, '_'),
    MAX_BYTES,
  );
  return safe === '' || safe.startsWith('.') || RESERVED.test(safe) ? `_${safe}` : safe;
}

/** The folder names of two classes, distinct also on file systems that ignore case. */
export function classFolders([zero, one]: readonly [string, string]): [string, string] {
  const names: [string, string] = [folderName(zero), folderName(one)];
  if (fold(names[0]) === fold(names[1])) names[1] += ' (2)';
  return names;
}

/**
 * Keeps the names of files that are put into one folder, and appends the start of their content's hash where a name is
 * taken (also with another extension, since a conversion changes it).
 */
export class UniqueNames {
  readonly #taken = new Map<string, Set<string>>();

  /** @param sha256 of the content; equal content in one folder gets numbers */
  next(folder: string, path: string, sha256: string): string {
    const taken = this.#taken.get(folder) ?? new Set<string>();
    this.#taken.set(folder, taken);
    const ending = extname(path);
    const stem = shorten(basename(path, ending).replace(UNSAFE, '_'), MAX_BYTES);
    const candidates = [stem, `${stem}-${sha256.slice(0, 8)}`];
    let free = candidates.find((candidate) => !taken.has(fold(candidate)));
    for (let number = 2; free === undefined; number++) {
      const candidate = `${candidates[1]!}-${number}`;
      if (!taken.has(fold(candidate))) free = candidate;
    }
    taken.add(fold(free));
    return free + ending;
  }
}

const fold = (name: string): string => name.normalize('NFC').toLowerCase();

/** Cuts text to a number of UTF-8 bytes, never within a character. */
function shorten(text: string, bytes: number): string {
  // A character that was cut decodes to the replacement character.
  const cut = Buffer.from(text).subarray(0, bytes).toString();
  return cut === text ? text : cut.replace(/\ufffd+$/, '');
}
