import type { LibraryCounts, PictureQueryInput } from '../../../shared/library.ts';
import { listPictureIds } from './grid.ts';
import { getCounts } from '../pictures/pictures.ts';
import type { Db } from '../database/sql.ts';

/** A read of all pictures of a library. */
export type ReadTask = { kind: 'ids'; query: PictureQueryInput } | { kind: 'counts' };

export interface ReadAnswers {
  ids: Uint32Array;
  counts: LibraryCounts;
}
export type ReadAnswer = ReadAnswers[keyof ReadAnswers];

/** @throws TwofoldError as `listPictureIds` and `getCounts` */
export function readLibrary(db: Db, task: ReadTask): ReadAnswer {
  switch (task.kind) {
    case 'ids':
      return listPictureIds(db, task.query);
    case 'counts':
      return getCounts(db);
  }
}
