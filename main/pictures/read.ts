import { closeSync, constants, fstatSync, openSync, readSync, statSync, type Stats } from 'node:fs';
import { TwofoldError } from '../../shared/errors.ts';

/** Maximum size of a file: pictures within the pixel limit are smaller; renamed videos or disk images may be larger. */
const MAX_FILE_BYTES = 2 ** 30;

export interface PictureFile {
  bytes: Uint8Array;
  sizeBytes: number;
  mtimeMs: number;
}

/**
 * Reads a picture file. Blocks, for threads and processes that have nothing else to do meanwhile: with promises, a file of
 * 60 kB took four times the CPU time, and waited for the event loop seven times.
 *
 * @throws TwofoldError `not-found` if it does not exist; `bad-picture` for a folder, a device, a circle of symbolic
 * links, and an unreadable, empty or too large file
 */
export function readPictureFile(path: string): PictureFile {
  try {
    checkFile(statSync(path));
    // Non-blocking, in case the file has been replaced by a pipe meanwhile.
    const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const { mtimeMs, size } = checkFile(fstatSync(file));
      const bytes = readWhole(file, size);
      return { bytes, sizeBytes: bytes.length, mtimeMs };
    } finally {
      closeSync(file);
    }
  } catch (error) {
    throw explainFileError(error);
  }
}

/** At most `size` bytes; fewer if the file became shorter meanwhile. */
function readWhole(file: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const count = readSync(file, bytes, length, size - length, length);
    if (count === 0) break;
    length += count;
  }
  return bytes.subarray(0, length);
}

/** Converts a file system error to a TwofoldError with the reason; returns other errors unchanged. */
export function explainFileError(error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const bad = (message: string) => new TwofoldError('bad-picture', message, { cause: error });
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new TwofoldError(
        'not-found',
        'There is no file at this path. Check the path; if the file was moved, renamed or deleted, put it back.',
        { cause: error },
      );
    case 'ELOOP':
      return bad('It is a symbolic link that leads in a circle, not a picture.');
    case 'EISDIR':
      return bad('It is a folder, not a picture.');
    case 'EACCES':
    case 'EPERM':
      return bad('The file may not be read. Check its permissions.');
    case 'ENAMETOOLONG':
      return bad('The path is too long for this file system.');
    case 'EIO':
    case 'EBUSY':
    case 'ESTALE':
    case 'ETIMEDOUT':
      return bad(`The disk could not read the file (${code}). Copy it to another disk and try again.`);
    default:
      return error;
  }
}

function checkFile(stats: Stats): Stats {
  const bad = (message: string) => new TwofoldError('bad-picture', message);
  if (stats.isDirectory()) throw bad('It is a folder, not a picture.');
  if (!stats.isFile()) throw bad('It is a device or a pipe, not a file.');
  if (stats.size === 0) throw bad('The file is empty (0 bytes).');
  if (stats.size > MAX_FILE_BYTES) {
    throw bad(
      `The file is too large for a picture: ${(stats.size / 2 ** 20).toFixed(0)} MB, at most ${MAX_FILE_BYTES / 2 ** 20} MB are read.`,
    );
  }
  return stats;
}
