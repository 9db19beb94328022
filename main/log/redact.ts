import { homedir, userInfo } from 'node:os';

/** Whose names must not be in a log. */
export interface Person {
  /** The home folder, such as `/home/anna`. */
  home: string;
  /** The name by which the system knows them. */
  name: string;
}

const SLASH = String.raw`(?:\\\\|[\\/])`;
/** Windows allows spaces in the name of a folder below `Users`; only a slash ends it. */
const HOME_ON_WINDOWS = new RegExp(
  String.raw`([a-z]:${SLASH}(?:Users|Documents and Settings)${SLASH})[^\\/\r\n"'<>|:]+(?=[\\/])`,
  'gi',
);
const HOME = new RegExp(String.raw`(${SLASH}(?:home|Users)${SLASH})[^\\/\s"'<>|:,;)]+`, 'gi');

/** Neither a name that begins earlier nor one that goes on: `/home/ann` is no part of `/home/anna`. */
const START = String.raw`(?<![\p{L}\p{N}_])`;
const END = String.raw`(?![\p{L}\p{N}_])`;
const BELOW_A_FOLDER = String.raw`(?<=[\\/][^\\/\r\n"']*)`;

/**
 * Replaces names of people in paths: the person's home folder by `~`, anyone's folder below `home` or `Users` by `USER`,
 * and the person's name in other paths (`/media/anna/disk`) by `USER`. Reads both slashes, backslashes that are escaped
 * in JSON, `file:` URLs, and any case.
 *
 * @param person default: the one who runs this process
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
  // `/` is the home of some services: it would be found in every path.
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
    // An id without a name, as in a container.
    return '';
  }
}
