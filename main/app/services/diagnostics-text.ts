import { PICTURE_EXTENSIONS } from '../../library/import/walk.ts';

/**
 * A line of the log for others to read: without paths, names of files, and names that a person chose. When in doubt more
 * is left out than needed.
 */
export function withoutNames(line: string): string {
  if (isFrame(line)) return withoutProgramFolder(line);
  const [, stamp = '', message = ''] = ENTRY.exec(line) ?? [];
  return stamp + withoutFiles(withoutPaths(message.replace(QUOTED, '“[name]”')));
}

/** Time, level and source, which the program wrote; then what it was told. */
const ENTRY = /^(\[[\d: .-]+\] \[\w+\]\s+(?:\([^)]*\) ?)?)?(.*)$/s;
const QUOTED = /“[^”]*”/g;

/** A line of a stack names files of the program only. */
const isFrame = (line: string): boolean =>
  /^\s+at (?:.* \()?(?:file:|node:|app:|[\\/]|[A-Za-z]:[\\/]).*:\d+:\d+\)?$/.test(line);

/** Where Twofold is installed may lead through folders with names of their own. */
function withoutProgramFolder(line: string): string {
  return line.replace(
    /(?:file:\/\/)?(?:~|[A-Za-z]:)?[\\/][^()]*[\\/](?=(?:dist|main|node_modules|app\.asar|cli)[\\/])/,
    '…/',
  );
}

const PATH = String.raw`(?:file:\/\/)?(?:~|[A-Za-z]:)?[\\/]{1,2}(?=[^\s\\/])`;
/** In quotes a path ends with the last quotation mark of the line; names may contain one. */
const QUOTED_PATH = new RegExp(`(['"])${PATH}.*\\1`, 'g');
/** Without them, its end is unknown. */
const OPEN_PATH = new RegExp(`(^|[\\s(=:,])${PATH}.*`);

function withoutPaths(text: string): string {
  return text.replace(QUOTED_PATH, '$1[path]$1').replace(OPEN_PATH, '$1[path]');
}

const ENDINGS = [...PICTURE_EXTENSIONS, '.csv', '.tsv', '.txt', '.twofold'].map((ending) => ending.slice(1));
/** The name of a file without its folder. It may have spaces, so all before it goes too. */
const FILE = new RegExp(`^.*\\.(?:${ENDINGS.join('|')})(?![\\p{L}\\p{N}])`, 'iu');

function withoutFiles(text: string): string {
  return text.replace(FILE, '[file]');
}
