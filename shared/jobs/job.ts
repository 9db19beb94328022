import type { CrossValidateJob, CrossValidateResult } from './cross-validate.ts';
import type { DuplicatesJob, DuplicatesResult } from './duplicates.ts';
import type { EvaluateJob, EvaluateResult } from './evaluate.ts';
import type {
  VerifyExportJob,
  VerifyExportResult,
  WriteExportJob,
  WriteExportResult,
  WriteFoldersJob,
  WriteFoldersResult,
} from './export.ts';
import type { FeaturesJob, FeaturesResult } from './features.ts';
import type { HeatMapJob, HeatMapResult, HeatMapsJob, HeatMapsResult } from './heat-map.ts';
import type { ImportWeightsJob, ImportWeightsResult } from './import-weights.ts';
import type { IndexJob, IndexResult } from './index-pictures.ts';
import type { MapJob, MapResult } from './map.ts';
import type { MeasureSpeedJob, MeasureSpeedResult } from './measure-speed.ts';
import type { OutOfFoldJob, OutOfFoldResult } from './out-of-fold.ts';
import type { PredictJob, PredictResult } from './predict.ts';
import type { ScoreJob, ScoreResult } from './score.ts';
import type { RecipeSearchJob, RecipeSearchResult } from './recipe-search.ts';
import type { TrainJob, TrainResult } from './train.ts';

/** The jobs of the training process and their results. */

export type Job =
  | TrainJob
  | CrossValidateJob
  | EvaluateJob
  | PredictJob
  | ScoreJob
  | HeatMapJob
  | HeatMapsJob
  | FeaturesJob
  | IndexJob
  | ImportWeightsJob
  | DuplicatesJob
  | MapJob
  | OutOfFoldJob
  | RecipeSearchJob
  | MeasureSpeedJob
  | WriteExportJob
  | VerifyExportJob
  | WriteFoldersJob;

export type JobResult =
  | TrainResult
  | CrossValidateResult
  | EvaluateResult
  | PredictResult
  | ScoreResult
  | HeatMapResult
  | HeatMapsResult
  | FeaturesResult
  | IndexResult
  | ImportWeightsResult
  | DuplicatesResult
  | MapResult
  | OutOfFoldResult
  | RecipeSearchResult
  | MeasureSpeedResult
  | WriteExportResult
  | VerifyExportResult
  | WriteFoldersResult;
export type ResultOf<J extends Job> = Extract<JobResult, { kind: J['kind'] }>;

/** A picture of a job. */
export type JobPicture = Extract<Job, { pictures: unknown[] }>['pictures'][number];
