import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  EXPORT_FORMATS,
  type ExportedFormat,
  type ExportFormatId,
  type ExportReport,
} from '../../../shared/contract/export.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { RunRecord } from '../../../shared/library/runs.ts';
import { chooseRun } from '../evaluate.ts';
import { knownEvaluation, knownIntervals, setAccuracies } from '../known-evaluation.ts';
import { readRun } from '../model-view.ts';
import { getClasses } from '../../library/labels/classes.ts';
import { runDir, type Project } from '../../library/folder.ts';
import { latestUsableRun } from '../../library/runs/runs.ts';
import { getSettings } from '../../library/settings.ts';
import { throwIfCancelled } from '../../support/cancelled.ts';
import type { JobOptions } from '../../training/supervisor.ts';
import { createExportFolder, requireFree } from '../../files/atomic-folder.ts';
import { baseCard, listFiles, writeCard } from '../../export/card/card.ts';
import { checkSet } from './check-pictures.ts';
import { exportFolders } from './folders-export.ts';
import { FORMATS, isModelFormat } from '../../export/formats.ts';
import { exportLabels } from './labels-export.ts';
import { askApp, exportModel, type RunToExport } from './model-export.ts';
import { writeOverview } from '../../export/card/overview.ts';
import type { KernelBits } from '../../../shared/kernel-bits.ts';
import { exportScript } from './script-export.ts';
import { picturesOnSides, testSetPictures } from './split-pictures.ts';

export interface ExportRequest {
  /** `all`: each in its own folder below `out`. */
  format: ExportFormatId | 'all';
  /** Folder to create. */
  out: string;
  /** Id of the run; by default the newest with a model. */
  run?: string | undefined;
  /** Replaces an existing export. */
  force?: boolean;
  /** Only TensorFlow.js takes fewer than 32. Default 32. */
  bits?: KernelBits;
  /** In class folders, links instead of copies. */
  link?: boolean;
  /** A probability above it is class 1; by default the project's. */
  threshold?: number | undefined;
}

/** Callbacks of an export beside those of its jobs. */
export interface ExportSteps extends JobOptions {
  onFormat?: ((format: ExportFormatId) => void) | undefined;
}

/**
 * Exports a trained run as a model, the project's labels, its pictures in class folders, or a training script. The
 * folder appears when it is complete. A model is verified against the app's predictions, or marked as unchecked with
 * the reason.
 *
 * @throws TwofoldError `exists` (see `createExportFolder`), `bad-input`, `not-found` (no such run), `corrupt` if the
 * written model predicts differently, `cancelled`; the file system's error if the disk is full
 */
export async function exportProject(
  project: Project,
  request: ExportRequest,
  steps: ExportSteps,
): Promise<ExportReport> {
  checkBits(request);
  const formats = request.format === 'all' ? EXPORT_FORMATS : [request.format];
  const needsRun = FORMATS.some(({ id, needsRun }) => needsRun && formats.includes(id));
  const run =
    needsRun || request.run !== undefined ? chooseRun(project, request.run) : latestUsableRun(project.db);
  const folder = resolve(request.out);
  const force = request.force ?? false;
  // Checked before the work, which can take minutes, as well as after it.
  await requireFree(folder, force);
  const work = new Work(project, run, request, steps);
  await work.prepare(formats);
  const isCopyOnly = request.format === 'folders';
  const exports = await createExportFolder(folder, { force, durable: !isCopyOnly }, async (temporary) => {
    const done: ExportedFormat[] = [];
    for (const format of formats) {
      throwIfCancelled(steps.signal);
      steps.onFormat?.(format);
      const isOne = request.format !== 'all';
      const exported = await work.write(format, isOne ? temporary : join(temporary, format));
      done.push({ ...exported, folder: isOne ? folder : join(folder, format) });
    }
    if (request.format === 'all') {
      await writeOverview(temporary, done);
      await writeCard(temporary, baseCard('all', work.classes));
    }
    throwIfCancelled(steps.signal);
    return done;
  });
  return { folder, run: run?.id ?? null, exports, files: await listFiles(folder) };
}

function checkBits({ format, bits = 32 }: ExportRequest): void {
  if (bits === 32 || format === 'tfjs' || format === 'all') return;
  throw new TwofoldError(
    'bad-input',
    `Only TensorFlow.js exports can store weights with ${bits} bits, but the format is ${format}. Choose 32 bits.`,
  );
}

/** The state shared by the formats of one export. */
class Work {
  readonly classes: [string, string];
  #source: RunToExport | null = null;

  constructor(
    private readonly project: Project,
    private readonly run: RunRecord | null,
    private readonly request: ExportRequest,
    private readonly steps: ExportSteps,
  ) {
    const [zero, one] = getClasses(project.db);
    this.classes = run?.classes ?? [zero.name, one.name];
  }

  /** Computes the app's predictions to verify models against, once for all formats. */
  async prepare(formats: readonly ExportFormatId[]): Promise<void> {
    const { project, run, request } = this;
    if (!run || !formats.some(isModelFormat)) return;
    const dir = runDir(project, run.id);
    const file = await readRun(project, run.id);
    const threshold = request.threshold ?? file.threshold;
    const { db } = project;
    const evaluation = knownEvaluation(db, run.id, threshold) ?? file.evaluation;
    const intervals = {
      validation: await knownIntervals(db, run.id, 'validation', threshold),
      test: run.test?.isCurrent
        ? await knownIntervals(db, run.id, 'test', run.test.evaluation.threshold)
        : null,
    };
    const { pictures, unavailable } = checkSet(project, run, file.counts);
    this.#source = {
      runDir: dir,
      // With a one-off threshold, every picture is answered.
      run: { ...file, evaluation, ...(request.threshold !== undefined && { unsure: null }) },
      runId: run.id,
      test: run.test,
      intervals,
      accuracies: setAccuracies(db, run.id, threshold),
      threshold,
      pictures,
      unavailable,
      answers: await askApp(dir, file, pictures, this.steps),
    };
  }

  async write(format: ExportFormatId, folder: string): Promise<Omit<ExportedFormat, 'folder'>> {
    const startedAt = performance.now();
    const { check = null, unchecked = null, leftOut = [] } = await this.#write(format, folder);
    const files = await listFiles(folder);
    return {
      format,
      sizeBytes: files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
      durationMs: performance.now() - startedAt,
      check,
      unchecked,
      leftOut,
    };
  }

  async #write(
    format: ExportFormatId,
    folder: string,
  ): Promise<Partial<Pick<ExportedFormat, 'check' | 'unchecked' | 'leftOut'>>> {
    const { project, run, request, classes, steps } = this;
    await mkdir(folder, { recursive: true });
    switch (format) {
      case 'tfjs':
        return exportModel(this.#source!, { format, bits: request.bits ?? 32, folder }, steps);
      case 'keras':
      case 'savedmodel':
      case 'onnx':
        return exportModel(this.#source!, { format, bits: 32, folder }, steps);
      case 'labels':
        await exportLabels(project, run, folder);
        return {};
      case 'folders': {
        const recipe = run?.recipe ?? getSettings(project.db).recipe;
        const options = { folder, classes, recipe, run: run?.id ?? null, link: request.link ?? false };
        // With `all`, missing pictures must not prevent the export of the models.
        const mayBeNone = request.format === 'all';
        const pictures = await picturesOnSides(project, run, { withProblems: true, mayBeNone });
        return exportFolders([...pictures, ...testSetPictures(project)], options, steps);
      }
      case 'script':
        await exportScript(await readRun(project, run!.id), folder);
        return {};
    }
  }
}
