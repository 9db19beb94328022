/** The kinds of failure that callers distinguish. */
export const ERROR_CODES = [
  'bad-input', // an argument, option, file or payload is not as expected
  'not-found', // a file, project, run, picture or layer does not exist
  'missing-files', // files of the project's pictures are missing or have changed, and may be found elsewhere
  'unsupported', // a known picture format or platform that Twofold does not support
  'bad-picture', // a picture file that can't be decoded
  'too-large', // a picture for which there is not enough memory
  'nothing-labelled',
  'one-class',
  'too-few', // fewer than two pictures in a class
  'in-test-set', // a picture that must not be used for training
  'unknown-layer',
  'size-too-small',
  'disk-full',
  'read-only',
  'corrupt', // a damaged database, cache, checkpoint or weights file
  'newer-version', // written by a newer Twofold
  'changed', // a file has changed since it was imported
  'busy', // another process or job is using it
  'exists', // the target already exists
  'diverged', // the loss became NaN or infinite
  'cancelled',
  'network',
  'crashed', // the training process ended unexpectedly
  'runtime', // a native runtime is missing or broken
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** An error as data, for other processes and JSON. */
export interface Failure {
  code: ErrorCode;
  message: string;
}

export type Result<T> = { ok: true; value: T } | { ok: false; error: Failure };

/**
 * An error for people: `message` says what happened, what was expected and what to do next. Any other error that is thrown
 * is a defect and is reported as `internal`.
 */
export class TwofoldError extends Error {
  override readonly name = 'TwofoldError';
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/** The value of a result. @throws TwofoldError its error */
export function unwrap<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new TwofoldError(result.error.code, result.error.message);
}

/** Converts anything thrown to a `Failure`; file system errors become sentences. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof TwofoldError) return { code: thrown.code, message: thrown.message };
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  const system = error as Error & { code?: unknown; path?: unknown };
  const place = typeof system.path === 'string' ? ` at ${system.path}` : '';
  switch (system.code) {
    case 'ENOSPC':
    case 'SQLITE_FULL':
      return {
        code: 'disk-full',
        message: `The disk is full${place}. Free some space and try again; everything saved is kept.`,
      };
    case 'EDQUOT':
      return {
        code: 'disk-full',
        message: `The disk quota is used up${place}. Free some space and try again; everything saved is kept.`,
      };
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
    case 'SQLITE_READONLY':
      return {
        code: 'read-only',
        message: `Writing is not allowed${place}. Check the folder's permissions or choose another place.`,
      };
    case 'ENOENT':
      return { code: 'not-found', message: `No file or folder exists${place}. Check the path.` };
    case 'ENAMETOOLONG':
      return {
        code: 'bad-input',
        message: `The name is too long for this file system${place}. Choose a shorter name.`,
      };
    case 'SQLITE_CORRUPT':
    case 'SQLITE_NOTADB':
      return { code: 'corrupt', message: `The project's database is damaged: ${error.message}.` };
    case 'SQLITE_BUSY':
      return {
        code: 'busy',
        message: 'Another process is writing to this project. Wait until it is done and try again.',
      };
    default:
      return { code: 'internal', message: error.message };
  }
}
