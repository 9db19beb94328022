import type { ScoredContent } from '../../../shared/jobs/score.ts';
import type { LibraryCounts, LibraryFolder } from '../../../shared/library/pictures.ts';
import type { PictureFilter, PictureQueryInput } from '../../../shared/library/query.ts';
import type { RunCoverage } from '../../../shared/library/runs.ts';
import { listUnpredicted, runCoverage } from '../runs/coverage.ts';
import { listFolders } from './folders.ts';
import { countMatches, listPictureIds } from './grid.ts';
import { getCounts } from '../pictures/pictures.ts';
import type { Db } from '../database/sql.ts';

/** A query over all pictures of a library. */
export type ReadTask =
  | { kind: 'ids'; query: PictureQueryInput }
  | { kind: 'counts' }
  | { kind: 'matches'; filters: readonly PictureFilter[] }
  | { kind: 'folders' }
  | { kind: 'coverage'; run: string }
  | { kind: 'unpredicted'; run: string; most: number; except: readonly number[] };

export interface ReadAnswers {
  ids: Uint32Array;
  counts: LibraryCounts;
  matches: number[];
  folders: LibraryFolder[];
  coverage: RunCoverage;
  unpredicted: ScoredContent[];
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
    case 'coverage':
      return runCoverage(db, task.run);
    case 'unpredicted':
      return listUnpredicted(db, task.run, task.most, task.except);
  }
}
