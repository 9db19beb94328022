import { join } from 'node:path';
import { app, nativeTheme, type BrowserWindow } from 'electron';
import { appSettingsSchema } from '../../../shared/contract/system.ts';
import { FigureThread } from '../../engine/figures/figure-thread.ts';
import { HeatMaps } from '../../engine/heat-maps.ts';
import type { Emit } from './emit.ts';
import { dataFolder } from '../../files/paths.ts';
import { logFailure } from '../../log/log.ts';
import { PicturePool } from '../../pictures/pool.ts';
import type { AppContext } from './context.ts';
import { Counts } from './counts.ts';
import { Defects } from './defects.ts';
import { LoopDelays } from '../shell/delays.ts';
import { Evaluator } from './evaluator.ts';
import { FileChecks } from './file-checks.ts';
import { Exporter } from './exporter.ts';
import { Importer } from './importer.ts';
import { Insight } from './insight.ts';
import { JsonFile } from './json-file.ts';
import { MapMaker } from './map-maker.ts';
import { OfOpenProject } from './of-open-project.ts';
import { OpenProject } from './open-project.ts';
import { OutOfFolds } from './out-of-folds.ts';
import { Pictures } from './pictures.ts';
import { Predictor } from './predictor.ts';
import { RecentProjects, recentSchema } from './recent.ts';
import { summarise } from './recent-summary.ts';
import { SpeedMeter } from './speed-meter.ts';
import { Speeds, speedsSchema } from './speeds.ts';
import { CrossValidator } from './cross-validator.ts';
import { RecipeSearcher } from './recipe-searcher.ts';
import { Splits } from './splits.ts';
import { Storage } from './storage.ts';
import { SuspectFinder } from './suspect-finder.ts';
import { Trainer } from './trainer.ts';
import { Reporter } from './reporter.ts';
import { WeightsImport } from './weights.ts';
import { spawnBackgroundProcess, spawnUtilityProcess } from './utility-process.ts';

export interface PartsOptions {
  emit: Emit;
  window: () => BrowserWindow;
  /** Called when the contents of the menu change. */
  onMenuChange: () => void;
  /** Folder of this session's temporary files, removed when the app ends. */
  temporary: string;
}

/** How long a run stays loaded after its last heat map. */
const HEAT_MAP_IDLE_MS = 60_000;

const logIgnored = (error: unknown): void => logFailure('summary of a project', error);

/** Creates the parts of the app. Shows nothing yet. */
export function makeParts({ emit: send, window, onMenuChange, temporary }: PartsOptions): AppContext {
  const data = dataFolder();
  const recent = new RecentProjects(new JsonFile(join(data, 'recent.json'), recentSchema, []), onMenuChange);
  const settings = new JsonFile(join(data, 'settings.json'), appSettingsSchema, appSettingsSchema.parse({}));
  nativeTheme.themeSource = settings.value.theme;
  let shown: string | undefined;
  const project = new OpenProject(
    (info) => {
      emit('project.changed', info);
      const isOther = info?.folder !== shown;
      shown = info?.folder;
      insight.wake();
      if (!isOther) return;
      storage.trimSoon();
      if (info) recent.add(info.folder);
      else onMenuChange();
    },
    (folder) => recent.forget(folder),
    () => {
      emit('pictures.changed', null);
      emit('runs.changed', null);
    },
  );
  const counts = new Counts(project, send);
  /** Also counts and indexes the pictures after they changed, and lets a new run predict them. */
  const emit: Emit = (name, payload) => {
    send(name, payload);
    if (name === 'pictures.changed') counts.changed();
    if (name === 'pictures.changed' || name === 'runs.changed') insight.wake();
  };
  const pool = new PicturePool({ background: true });
  const pictures = new Pictures(project, pool, join(temporary, 'tried'));
  project.beforeClose(async () => {
    const folder = project.current?.folder;
    if (folder === undefined) return;
    // A project that can no longer be read is closed all the same.
    await summarise(project, pictures).then((summary) => recent.describe(folder, summary), logIgnored);
  });
  const checks = new FileChecks(project, emit);
  const importer = new Importer(project, pool, emit);
  const storage: Storage = new Storage(
    project,
    () => insight.forget(),
    (progress) => emit('storage.progress', progress),
  );
  const insight = new Insight(project, {
    settings: {
      get: () => settings.value.insight,
      set: (value) => settings.set({ ...settings.value, insight: value }),
    },
    isBusy: () => importer.state !== null,
    pool,
    spawn: storage.after(spawnBackgroundProcess),
    emit: (state) => emit('insight.changed', state),
  });
  const speeds = new Speeds(new JsonFile(join(data, 'speeds.json'), speedsSchema, {}));
  const splits = new Splits(project);
  const figures = new OfOpenProject(project, (open) => new FigureThread(open));
  const spawnJob = storage.after(spawnUtilityProcess);
  const heatMaps = new HeatMaps({ spawn: spawnJob, idleMs: HEAT_MAP_IDLE_MS });
  project.beforeClose(() => heatMaps.end());
  const meter = new SpeedMeter(
    project,
    speeds,
    () => importer.state !== null,
    insight.aside(storage.after(spawnBackgroundProcess)),
  );
  const spawn = meter.aside(heatMaps.aside(insight.aside(spawnJob)));
  return {
    project,
    counts,
    pool,
    spawn,
    pictures,
    importer,
    insight,
    storage,
    checks,
    speeds,
    meter,
    splits,
    figures,
    trainer: new Trainer(project, checks, speeds, splits, spawn, emit),
    weights: new WeightsImport(project, spawn, emit),
    reporter: new Reporter(project, pool, spawn, emit),
    predictor: new Predictor(project, pictures, spawn, emit, join(temporary, 'pasted')),
    evaluator: new Evaluator(project, checks, spawn, emit),
    outOfFolds: new OutOfFolds(project, checks, spawn, emit),
    heatMaps,
    searcher: new RecipeSearcher(project, checks, spawn, emit),
    crossValidator: new CrossValidator(project, checks, spawn, emit),
    mapMaker: new MapMaker(project, insight.suggestions, spawn, emit),
    exporter: new Exporter(project, checks, spawn, emit),
    suspectFinder: new SuspectFinder(project, insight.suggestions),
    recent,
    settings,
    delays: new LoopDelays(),
    defects: new Defects(() => emit('system.defect', null)),
    opened: { path: null },
    emit,
    window,
    // Tests and portable installations set it to keep everything in one folder.
    documents: () => process.env.TWOFOLD_DOCUMENTS ?? app.getPath('documents'),
    applySettings: (value) => {
      settings.set(value);
      nativeTheme.themeSource = value.theme;
      emit('system.settingsChanged', value);
      onMenuChange();
    },
  };
}
