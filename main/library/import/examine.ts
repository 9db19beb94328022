import { stat } from 'node:fs/promises';
import { toFailure, TwofoldError, type ErrorCode } from '../../../shared/errors.ts';
import type { ImportItemCode } from '../../../shared/library/import.ts';
import type { Inspect, InspectedPicture } from '../../../shared/library/pictures.ts';
import { hashFile } from '../../pictures/hash.ts';
import type { Db } from '../database/sql.ts';
import { pathOf } from '../pictures/place.ts';
import { findByContent, findByPlace, getPicture, getPictures } from '../pictures/pictures.ts';
import type { Planned } from './layout.ts';
import { reason } from './walk.ts';

/** The result of examining a planned file, before anything is written. */
export type Fact = { planned: Planned } & (
  | { kind: 'same'; id: number }
  | { kind: 'read'; picture: InspectedPicture }
  | { kind: 'left-out'; code: ImportItemCode; message: string; isMissing: boolean }
);

/** Failures of the system rather than of one picture: the import ends. */
const FATAL = new Set<ErrorCode>(['disk-full', 'read-only', 'busy', 'runtime', 'crashed', 'corrupt']);

/**
 * Examines a file: first its size and mtime, and its content only if these differ from the stored ones.
 *
 * @throws TwofoldError if the import can't continue; the error of `inspect` once `signal` is aborted
 */
export async function examine(
  db: Db,
  planned: Planned,
  inspect: Inspect,
  signal: AbortSignal,
): Promise<Fact> {
  const leftOut = (code: ImportItemCode, message: string, isMissing = false): Fact => ({
    planned,
    kind: 'left-out',
    code,
    message,
    isMissing,
  });
  if (planned.refused) return leftOut(planned.refused.code, planned.refused.message);
  const file = pathOf(planned);
  try {
    const { size, mtimeMs } = await stat(file);
    const id = findByPlace(db, planned);
    const known = id === null ? null : getPicture(db, id);
    if (known?.sizeBytes === size && known.mtimeMs === Math.trunc(mtimeMs)) {
      return { planned, kind: 'same', id: known.id };
    }
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') {
      return leftOut('not-found', 'There is no file at this path.', true);
    }
    return leftOut('unreadable', `The file could not be read: ${reason(error)}.`);
  }
  try {
    return { planned, kind: 'read', picture: await inspect(file, signal) };
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message } = toFailure(error);
    if (!FATAL.has(code)) return leftOut(code, message);
    throw error instanceof TwofoldError ? error : new TwofoldError(code, message, { cause: error });
  }
}

/** Ids of pictures with the content of a new file whose own file is no longer there or has changed. */
export async function findDisplaced(db: Db, facts: readonly Fact[]): Promise<Set<number>> {
  const displaced = new Set<number>();
  const ids = facts.flatMap((fact) => (fact.kind === 'read' ? findByContent(db, fact.picture.sha256) : []));
  await Promise.all(
    getPictures(db, ids).map(async ({ id, path, sizeBytes, mtimeMs, sha256 }) => {
      try {
        const now = await stat(path);
        if (now.size === sizeBytes && Math.trunc(now.mtimeMs) === mtimeMs) return;
        if (now.size !== sizeBytes || (await hashFile(path)).sha256 !== sha256) displaced.add(id);
      } catch {
        displaced.add(id);
      }
    }),
  );
  return displaced;
}
