import type { BrowserWindow } from 'electron';
import type { AppSettings, appSettingsSchema } from '../../../shared/contract/system.ts';
import type { Emit } from './emit.ts';
import type { PicturePool } from '../../pictures/pool.ts';
import type { Counts } from './counts.ts';
import type { LoopDelays } from '../shell/delays.ts';
import type { Defects } from './defects.ts';
import type { Evaluator } from './evaluator.ts';
import type { Exporter } from './exporter.ts';
import type { FileChecks } from './file-checks.ts';
import type { Importer } from './importer.ts';
import type { Insight } from './insight.ts';
import type { JsonFile } from './json-file.ts';
import type { OpenProject } from './open-project.ts';
import type { Pictures } from './pictures.ts';
import type { Predictor } from './predictor.ts';
import type { RecentProjects } from './recent.ts';
import type { Trainer } from './trainer.ts';

/** What the handlers of the contract work with: the parts of the app, each made once. */
export interface AppContext {
  project: OpenProject;
  counts: Counts;
  pool: PicturePool;
  pictures: Pictures;
  importer: Importer;
  checks: FileChecks;
  trainer: Trainer;
  predictor: Predictor;
  evaluator: Evaluator;
  exporter: Exporter;
  insight: Insight;
  recent: RecentProjects;
  settings: JsonFile<typeof appSettingsSchema>;
  delays: LoopDelays;
  defects: Defects;
  /** A folder or project to open once the window is ready. */
  opened: { path: string | null };
  emit: Emit;
  /** The window that asks; calls come from nowhere else. */
  window: () => BrowserWindow;
  /** Where projects and exports go unless a person chooses otherwise. */
  documents: () => string;
  applySettings: (settings: AppSettings) => void;
}
