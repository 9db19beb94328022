import { closeSync, mkdirSync, openSync } from 'node:fs';
import { arch, release } from 'node:os';
import { dirname } from 'node:path';
import logger from 'electron-log/node';
import { toFailure } from '../../shared/errors.ts';
import { VERSION } from '../support/version.ts';
import { describe } from './describe.ts';
import { withoutUserNames } from './redact.ts';

/**
 * The log of this process and its children: one file, written synchronously line by line, so that the last line before
 * a crash is in it. Nothing is written before `openLog`. Only one process writes a file; it also logs the standard
 * error of its children.
 */

/** A full log is renamed to `NAME.old.log`, which replaces the previous one. */
const MAX_BYTES = 1024 ** 2;
/** Maximum length of an entry. Stack traces are shorter; endless output must not fill the log. */
const MAX_CHARACTERS = 20_000;

let isOpen = false;

const { file, console: terminal } = logger.transports;
file.level = false;
terminal.level = false;
file.maxSize = MAX_BYTES;
// Otherwise electron-log looks for it in a package.json, which a bundle may not have.
file.setAppName('Twofold');
terminal.format = '{text}';
logger.scope.labelPadding = false;
logger.hooks.push((message) => ({
  ...message,
  data: message.data.map((text) => withoutUserNames(String(text).slice(0, MAX_CHARACTERS))),
}));

/**
 * Opens the log of this process; appends to an existing file.
 *
 * @param options `echo`: warnings and errors go to standard error as well
 * @throws Error of the file system if the file can't be written
 */
export function openLog(path: string, { echo = false } = {}): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a'));
  file.resolvePathFn = () => path;
  file.level = 'info';
  isOpen = true;
  terminal.level = echo ? 'warn' : false;
  const { electron, node } = process.versions as { electron?: string; node: string };
  const runtime = electron === undefined ? `Node ${node}` : `Electron ${electron}`;
  logInfo('start', `Twofold ${VERSION}, ${runtime}, ${process.platform} ${release()} ${arch()}`);
}

/** Whether `openLog` was called. */
export function isLogOpen(): boolean {
  return isOpen;
}

/** @param source what reports it, such as `training process` */
export function logInfo(source: string, text: string): void {
  logger.scope(source).info(text);
}

export function logWarning(source: string, text: string): void {
  logger.scope(source).warn(text);
}

/** Logs a thrown value with its stack and causes. */
export function logError(source: string, thrown: unknown): void {
  logger.scope(source).error(describe(thrown));
}

/**
 * Logs why a requested action failed. For errors that the user can mend, logs only the code, since the message may
 * contain names of pictures and classes. Logs damaged files and defects in full, and defects at the level of an error.
 */
export function logFailure(source: string, thrown: unknown): void {
  const { code } = toFailure(thrown);
  if (DEFECTS.has(code)) logError(source, thrown);
  else logInfo(source, code === 'corrupt' ? describe(thrown) : code);
}

const DEFECTS: ReadonlySet<string> = new Set(['internal', 'crashed', 'runtime']);
