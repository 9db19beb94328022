import type { Benchmark } from './benchmark.ts';
import { benchmark as coverage } from './coverage.ts';
import { benchmark as decode } from './decode.ts';
import { benchmark as electronTrain } from './electron-train.ts';
import { benchmark as epoch } from './epoch.ts';
import { benchmark as exports } from './export.ts';
import { benchmark as firstPrediction } from './first-prediction.ts';
import { benchmark as forward } from './forward.ts';
import { benchmark as grid } from './grid.ts';
import { benchmark as headStep } from './head-step.ts';
import { benchmark as importPhotos } from './import-photos.ts';
import { benchmark as imports } from './import.ts';
import { benchmark as keras } from './keras.ts';
import { benchmark as label } from './label.ts';
import { benchmark as map } from './map.ts';
import { benchmark as memory } from './memory.ts';
import { benchmark as review } from './review.ts';
import { benchmark as scale } from './scale.ts';
import { benchmark as start } from './start.ts';
import { benchmark as activeLearning } from './active-learning.ts';
import { benchmark as duplicates } from './duplicates.ts';
import { benchmark as labelErrors } from './label-errors.ts';
import { benchmark as suggest } from './suggest.ts';

/** Every benchmark, in the order in which they run. A new one is a file beside this that exports `benchmark`, and a line here. */
export const BENCHMARKS: readonly Benchmark[] = [
  headStep,
  forward,
  epoch,
  decode,
  exports,
  memory,
  electronTrain,
  start,
  importPhotos,
  imports,
  label,
  grid,
  map,
  coverage,
  suggest,
  review,
  duplicates,
  activeLearning,
  labelErrors,
  firstPrediction,
  scale,
  keras,
];
