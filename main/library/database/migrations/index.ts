import type { Migration } from '../migrate.ts';
import { picturesAndLabels } from './0001-pictures-and-labels.ts';
import { runs } from './0002-runs.ts';
import { testSet } from './0003-test-set.ts';
import { classOrder } from './0004-class-order.ts';
import { removal } from './0005-removal.ts';
import { splitsAndChecks } from './0006-splits-and-checks.ts';
import { calibration } from './0007-calibration.ts';
import { keptLabels } from './0008-kept-labels.ts';
import { runData } from './0009-run-data.ts';

/** In order; once released, a migration is never edited. */
export const MIGRATIONS: readonly Migration[] = [
  picturesAndLabels,
  runs,
  testSet,
  classOrder,
  removal,
  splitsAndChecks,
  calibration,
  keptLabels,
  runData,
];
