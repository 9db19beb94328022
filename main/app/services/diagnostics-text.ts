import { PICTURE_EXTENSIONS } from '../../library/import/walk.ts';

/**
 * A line of the log without paths, file names and names that the user chose. When in doubt, removes more than needed.
 */
export function withoutNames(line: string): string {
  if (isFrame(line)) return withoutProgramFolder(line);
  const [, stamp = '', message = ''] = ENTRY.exec(line) ?? [];
  return stamp + withoutFiles(withoutPaths(message.replace(QUOTED, '“[name]”')));
}

/** Time, level and source, which contain no names; then the message. */
const ENTRY = /^(\[[\d: .-]+\] \[\w+\]\s+(?:\([^)]*\) ?)?)?(.*)$/s;
const QUOTED = /“[^”]*”/g;

/** A line of a stack trace, which names only files of the program. */
const isFrame = (line: string): boolean =>
  /^\s+at (?:.* \()?(?:file:|node:|app:|[\\/]|[A-Za-z]:[\\/]).*:\d+:\d+\)?$/.test(line);

/** The folders above the installed program may contain names of people. */
function withoutProgramFolder(line: string): string {
  return line.replace(
    /(?:file:\/\/)?(?:~|[A-Za-z]:)?[\\/][^()]*[\\/](?=(?:dist|main|node_modules|app\.asar|cli)[\\/])/,
    '…/',
  );
}

const PATH = String.raw`(?:file:\/\/)?(?:~|[A-Za-z]:)?[\\/]{1,2}(?=[^\s\\/])`;
/** A quoted path extends to the last quotation mark of the line, since names may contain quotation marks. */
const QUOTED_PATH = new RegExp(`(['"])${PATH}.*\\1`, 'g');
/** The end of an unquoted path is unknown, so the rest of the line is removed. */
const OPEN_PATH = new RegExp(`(^|[\\s(=:,])${PATH}.*`);

function withoutPaths(text: string): string {
  return text.replace(QUOTED_PATH, '$1[path]$1').replace(OPEN_PATH, '$1[path]');
}

const ENDINGS = [...PICTURE_EXTENSIONS, '.csv', '.tsv', '.txt', '.twofold'].map((ending) => ending.slice(1));
/** A file name without its folder. It may contain spaces, so everything before it is removed too. */
const FILE = new RegExp(`^.*\\.(?:${ENDINGS.join('|')})(?![\\p{L}\\p{N}])`, 'iu');

function withoutFiles(text: string): string {
  return text.replace(FILE, '[file]');
}
