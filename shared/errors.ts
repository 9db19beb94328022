/** Every way an operation can fail that a caller may want to tell apart. */
export const ERROR_CODES = [
  'bad-input', // an argument, option, file or payload is not what was expected
  'not-found', // a file, project, run, picture or layer does not exist
  'unsupported', // a picture format or platform we do not handle, named as such
  'bad-picture', // a picture file that can't be decoded
  'too-large', // a picture for whose pixels there is no memory here
  'nothing-labelled',
  'one-class',
  'too-few', // fewer than two pictures in a class
  'in-test-set', // a picture that training must not see
  'unknown-layer',
  'size-too-small',
  'disk-full',
  'read-only',
  'corrupt', // a database, cache, checkpoint or weights file whose content is damaged
  'newer-version', // written by a newer Twofold
  'changed', // a picture is not the one that was imported
  'busy', // another process or job holds what is needed
  'exists', // the target is there already
  'diverged', // the loss became NaN or infinite
  'cancelled',
  'network',
  'crashed', // the training process ended unexpectedly
  'runtime', // a native runtime is missing or broken
  'internal',
] as const;

export type ErrorCode = (typeof ERROR_CODES)[number];

/** What crosses a process border or is printed as JSON. */
export interface Failure {
  code: ErrorCode;
  message: string;
}

export type Result<T> = { ok: true; value: T } | { ok: false; error: Failure };

/**
 * An error meant for a person: `message` is a sentence that says what was expected, what was received and what to do.
 * Anything else that is thrown is a defect of ours and is reported as `internal`.
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

/** Turns whatever was thrown into a `Failure`; system errors of the file system become sentences. */
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
        message: `The disk is full${place}. Free some space and try again; nothing that was saved is lost.`,
      };
    case 'EDQUOT':
      return {
        code: 'disk-full',
        message: `The disk quota is used up${place}. Free some space and try again; nothing that was saved is lost.`,
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
      return { code: 'not-found', message: `There is nothing${place}. Check the path.` };
    case 'ENAMETOOLONG':
      return { code: 'bad-input', message: `The name is too long for this file system${place}.` };
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
