import type { BrowserWindow } from 'electron';
import type { AppSettings, appSettingsSchema } from '../../../shared/contract/system.ts';
import type { FigureThread } from '../../engine/figures/figure-thread.ts';
import type { HeatMaps } from '../../engine/heat-maps.ts';
import type { Emit } from './emit.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { Counts } from './counts.ts';
import type { LoopDelays } from '../shell/delays.ts';
import type { Defects } from './defects.ts';
import type { Evaluator } from './evaluator.ts';
import type { Exporter } from './exporter.ts';
import type { FileChecks } from './file-checks.ts';
import type { Importer } from './importer.ts';
import type { Insight } from './insight.ts';
import type { JsonFile } from './json-file.ts';
import type { MapMaker } from './map-maker.ts';
import type { OfOpenProject } from './of-open-project.ts';
import type { OpenProject } from './open-project.ts';
import type { OutOfFolds } from './out-of-folds.ts';
import type { Pictures } from './pictures.ts';
import type { Predictor } from './predictor.ts';
import type { RecentProjects } from './recent.ts';
import type { SpeedMeter } from './speed-meter.ts';
import type { Speeds } from './speeds.ts';
import type { CrossValidator } from './cross-validator.ts';
import type { RecipeSearcher } from './recipe-searcher.ts';
import type { Splits } from './splits.ts';
import type { Storage } from './storage.ts';
import type { SuspectFinder } from './suspect-finder.ts';
import type { Trainer } from './trainer.ts';
import type { Reporter } from './reporter.ts';
import type { WeightsImport } from './weights.ts';

/** The parts of the app that handlers of the contract use; each is created once. */
export interface AppContext {
  project: OpenProject;
  counts: Counts;
  pool: PicturePool;
  /** Starts the process of a job in the foreground. */
  spawn: () => JobProcess;
  pictures: Pictures;
  importer: Importer;
  checks: FileChecks;
  speeds: Speeds;
  meter: SpeedMeter;
  splits: Splits;
  figures: OfOpenProject<FigureThread>;
  trainer: Trainer;
  weights: WeightsImport;
  reporter: Reporter;
  predictor: Predictor;
  evaluator: Evaluator;
  outOfFolds: OutOfFolds;
  heatMaps: HeatMaps;
  searcher: RecipeSearcher;
  crossValidator: CrossValidator;
  mapMaker: MapMaker;
  exporter: Exporter;
  suspectFinder: SuspectFinder;
  insight: Insight;
  storage: Storage;
  recent: RecentProjects;
  settings: JsonFile<typeof appSettingsSchema>;
  delays: LoopDelays;
  defects: Defects;
  /** A folder or project to open once the window is ready. */
  opened: { path: string | null };
  emit: Emit;
  /** The window. Only valid once it has been created. */
  window: () => BrowserWindow;
  /** Default folder for projects and exports. */
  documents: () => string;
  applySettings: (settings: AppSettings) => void;
}
