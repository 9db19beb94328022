import type { LibraryCounts, LibraryFolder } from '../../../shared/library/pictures.ts';
import type { PictureFilter, PictureQueryInput } from '../../../shared/library/query.ts';
import { listFolders } from './folders.ts';
import { countMatches, listPictureIds } from './grid.ts';
import { getCounts } from '../pictures/pictures.ts';
import type { Db } from '../database/sql.ts';

/** A query over all pictures of a library. */
export type ReadTask =
  | { kind: 'ids'; query: PictureQueryInput }
  | { kind: 'counts' }
  | { kind: 'matches'; filters: readonly PictureFilter[] }
  | { kind: 'folders' };

export interface ReadAnswers {
  ids: Uint32Array;
  counts: LibraryCounts;
  matches: number[];
  folders: LibraryFolder[];
}
export type ReadAnswer = ReadAnswers[keyof ReadAnswers];

/** Runs a query. @throws TwofoldError the errors of `listPictureIds` */
export function readLibrary(db: Db, task: ReadTask): ReadAnswer {
  switch (task.kind) {
    case 'ids':
      return listPictureIds(db, task.query);
    case 'counts':
      return getCounts(db);
    case 'matches':
      return countMatches(db, task.filters);
    case 'folders':
      return listFolders(db);
  }
}
