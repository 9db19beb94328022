import { statfsSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { TwofoldError, type ErrorCode } from '../../../shared/errors.ts';

/**
 * Turns SQLite's errors into messages and returns anything else unchanged. Every code of SQLite's list has a message,
 * which states a cause only if it is known.
 *
 * @param file path of the library
 */
export function sqlError(error: unknown, file: string): unknown {
  if (!(error instanceof Database.SqliteError)) return error;
  const [code, message] = explain(error.code, error.message, file);
  return new TwofoldError(code, message, { cause: error });
}

/** For a drive without the locks or shared memory that a library needs. */
export function unsuitableDrive(file: string, detail: string): [ErrorCode, string] {
  return [
    'unsupported',
    `The drive with ${file} can't store a project: it lacks the locks or the shared memory that the project's database ` +
      `needs, as many network drives and shared folders do (${detail}). Keep the project's folder on a drive of this ` +
      'computer; the pictures can stay where they are.',
  ];
}

/** For a library whose file is not where it was. */
export function goneWhileOpen(file: string): [ErrorCode, string] {
  return [
    'not-found',
    `${file} was moved, renamed or deleted while it was open. Open the project again at its new location.`,
  ];
}

function explain(code: string, detail: string, file: string): [ErrorCode, string] {
  switch (code) {
    case 'SQLITE_FULL':
      return full(file);
    case 'SQLITE_IOERR_SHMSIZE':
    case 'SQLITE_IOERR_WRITE':
    case 'SQLITE_IOERR_FSYNC':
    case 'SQLITE_IOERR_TRUNCATE':
      // The code does not tell the cause; a full disk is the most common one and can be checked.
      if (isFull(file)) return full(file);
      return code === 'SQLITE_IOERR_SHMSIZE' ? unsuitableDrive(file, code) : drive(code, file);
    case 'SQLITE_IOERR_SHMMAP':
    case 'SQLITE_IOERR_SHMOPEN':
    case 'SQLITE_IOERR_SHMLOCK':
    case 'SQLITE_IOERR_LOCK':
    case 'SQLITE_IOERR_RDLOCK':
    case 'SQLITE_IOERR_UNLOCK':
    case 'SQLITE_IOERR_CHECKRESERVEDLOCK':
    case 'SQLITE_IOERR_BLOCKED':
    case 'SQLITE_PROTOCOL':
      return unsuitableDrive(file, code);
    case 'SQLITE_NOLFS':
      return [
        'unsupported',
        `The file system with ${file} does not support files as large as this. Move the project's folder to another drive.`,
      ];
    case 'SQLITE_READONLY_DBMOVED':
    case 'SQLITE_IOERR_VNODE':
    case 'SQLITE_IOERR_DELETE_NOENT':
      return goneWhileOpen(file);
    case 'SQLITE_IOERR_NOMEM':
    case 'SQLITE_NOMEM':
      return [
        'runtime',
        `There is not enough memory to work with ${file}. Close other programs and try again; nothing that was saved is lost.`,
      ];
    case 'SQLITE_IOERR_DATA':
    case 'SQLITE_IOERR_CORRUPTFS':
    case 'SQLITE_IOERR_IN_PAGE':
      return [
        'corrupt',
        `The drive with ${file} returned different data from what was written (${code}). Check the drive, then open the project again.`,
      ];
    case 'SQLITE_CANTOPEN_ISDIR':
      return ['bad-input', `${file} is a folder; a project's library was expected. Choose another project.`];
    case 'SQLITE_CANTOPEN_NOTEMPDIR':
    case 'SQLITE_IOERR_GETTEMPPATH':
      return [
        'runtime',
        'There is no writable folder for temporary files. Check the TMPDIR or TEMP environment variable.',
      ];
    case 'SQLITE_ABORT':
    case 'SQLITE_ABORT_ROLLBACK':
    case 'SQLITE_INTERRUPT':
      return ['cancelled', `Work on ${file} was interrupted before it was complete. Try again.`];
  }
  if (code.startsWith('SQLITE_READONLY') || code === 'SQLITE_PERM' || code === 'SQLITE_IOERR_ACCESS') {
    return [
      'read-only',
      `${file} is read-only. Check the permissions of the project's folder, or copy it to a folder where you may write.`,
    ];
  }
  if (code.startsWith('SQLITE_CANTOPEN')) {
    return [
      'read-only',
      `${file}, or a file beside it, can't be opened (${code}). Check that the drive is connected and that you may read and ` +
        "write the project's folder.",
    ];
  }
  if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
    return [
      'busy',
      `Another program is writing to ${file}. Wait until it has finished and try again. If no other program has it open, the ` +
        'drive may be unable to lock files, as some network drives are; then keep the project on a drive of this computer.',
    ];
  }
  if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB') {
    return [
      'corrupt',
      `${file} is damaged (${detail}). Close the project and open it again: the library is then checked and its backups are listed.`,
    ];
  }
  if (code.startsWith('SQLITE_IOERR')) return drive(code, file);
  return [
    'internal',
    `The database ${file} refused an operation (${code}: ${detail}). Nothing that was saved is lost. Please report this.`,
  ];
}

function full(file: string): [ErrorCode, string] {
  return [
    'disk-full',
    `The disk with ${file} is full. Free some space and try again; everything saved is kept.`,
  ];
}

function drive(code: string, file: string): [ErrorCode, string] {
  return [
    'runtime',
    `The drive with ${file} reported an error (${code}). Check that it is connected and works, then open the project again.`,
  ];
}

/** The largest block that SQLite allocates at once: the first block of shared memory. */
const BLOCK_BYTES = 32 * 1024;

/** Whether the disk has no room for another block; false if that is unknown. */
function isFull(file: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path.dirname(file));
    return bavail * bsize < BLOCK_BYTES;
  } catch {
    return false;
  }
}
