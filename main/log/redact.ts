import { homedir, userInfo } from 'node:os';

/** A user whose names are removed from the log. */
export interface Person {
  /** The home folder, such as `/home/anna`. */
  home: string;
  /** The user name on this system. */
  name: string;
}

const SLASH = String.raw`(?:\\\\|[\\/])`;
/** Windows allows spaces in the name of a folder below `Users`; only a slash ends it. */
const HOME_ON_WINDOWS = new RegExp(
  String.raw`([a-z]:${SLASH}(?:Users|Documents and Settings)${SLASH})[^\\/\r\n"'<>|:]+(?=[\\/])`,
  'gi',
);
const HOME = new RegExp(String.raw`(${SLASH}(?:home|Users)${SLASH})[^\\/\s"'<>|:,;)]+`, 'gi');

/** Word boundaries: `/home/ann` must not match in `/home/anna`. */
const START = String.raw`(?<![\p{L}\p{N}_])`;
const END = String.raw`(?![\p{L}\p{N}_])`;
const BELOW_A_FOLDER = String.raw`(?<=[\\/][^\\/\r\n"']*)`;

/**
 * Replaces user names in paths: the home folder by `~`, any folder below `home` or `Users` by `USER`, and the user name
 * in other paths (`/media/anna/disk`) by `USER`. Recognises slashes, backslashes, backslashes escaped in JSON and
 * `file:` URLs, and ignores case.
 *
 * @param person default: the user who runs this process
 */
export function withoutUserNames(text: string, person: Person = thisPerson()): string {
  let clean = text;
  for (const home of formsOf(person.home)) clean = clean.replace(pattern(literal(home) + END), '~');
  clean = clean.replace(HOME_ON_WINDOWS, '$1USER').replace(HOME, '$1USER');
  if (person.name === '') return clean;
  for (const name of new Set([person.name, encodeURI(person.name)])) {
    clean = clean.replace(pattern(BELOW_A_FOLDER + START + literal(name) + END), 'USER');
  }
  return clean;
}

function formsOf(home: string): Set<string> {
  // `/`, the home of some services, would match in every path.
  if (home.length < 3) return new Set();
  const slashed = home.replaceAll('\\', '/');
  return new Set([home, home.replaceAll('\\', '\\\\'), slashed, encodeURI(slashed)]);
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
const pattern = (source: string): RegExp => new RegExp(source, 'giu');

let known: Person | undefined;

function thisPerson(): Person {
  return (known ??= { home: homedir(), name: userName() });
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // The user id has no name, as in some containers.
    return '';
  }
}
