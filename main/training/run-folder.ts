import { mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import writeFileAtomic from 'write-file-atomic';
import { z } from 'zod';
import { classNamesSchema } from '../../shared/library/classes.ts';
import { TwofoldError } from '../../shared/errors.ts';
import type { RunView } from '../../shared/jobs/run-view.ts';
import type { Label, SplitPicture } from '../../shared/labelled-picture.ts';
import type { TrainingSide } from '../../shared/split.ts';
import { DEFAULT_THRESHOLD, type Evaluation } from '../../shared/metrics.ts';
import { swapRule, unsureRuleSchema } from '../../shared/unsure.ts';
import { thresholdSchema } from '../../shared/library/runs.ts';
import { storedRecipeSchema } from '../../shared/recipe.ts';
import { fromCell, toCsv } from '../files/csv.ts';
import { swapCounts, swapEvaluation, swapPair, swapRecipe, swapThreshold } from '../../shared/swap.ts';
import { removeTemporaries } from '../files/atomic-file.ts';
import type { SplitSet } from './split.ts';

/** The newest supported version of the run folder's layout. */
const RUN_VERSION = 3;

export const epochSchema = z.object({
  epoch: z.int(),
  durationMs: z.number(),
  loss: z.number(),
  accuracy: z.number(),
  valLoss: z.number(),
  valAccuracy: z.number(),
});

/** `run.json`: recipe, weights, counts and metrics. With the head's weights, it is enough to predict. */
export const runFileSchema = z.object({
  format: z.literal('twofold-run'),
  /** 2: has `swapped`; 3: `temperature` or `unsure`, which programs that know only older versions would ignore. */
  version: z.union([z.literal(1), z.literal(2), z.literal(3)]),
  createdAt: z.iso.datetime(),
  classes: classNamesSchema,
  /** The saved head predicts the probability of class 0, since the classes were swapped after training. */
  swapped: z.boolean().default(false),
  /** A probability of class 1 above it is class 1. */
  threshold: thresholdSchema.default(DEFAULT_THRESHOLD),
  /** Logits of the saved head are divided by it. */
  temperature: z.number().positive().default(1),
  /** Null: every picture is answered. */
  unsure: unsureRuleSchema.nullable().default(null),
  recipe: storedRecipeSchema,
  weights: z.object({ name: z.string(), fingerprint: z.string() }),
  /** Shape of one picture's features at the cut, [height, width, channels]. */
  featureShape: z.array(z.int()),
  counts: z.object({
    train: z.tuple([z.int(), z.int()]),
    validation: z.tuple([z.int(), z.int()]),
  }),
  /** Epoch of the saved head, from 1; 0 without one. */
  bestEpoch: z.int(),
  history: z.array(epochSchema),
  evaluation: z.custom<Evaluation>().nullable(),
});
export type RunFile = z.infer<typeof runFileSchema>;

/** The same run in the given class order. */
export function inOrder(run: RunFile, swapped: boolean): RunFile {
  if (run.swapped === swapped) return run;
  return {
    ...run,
    swapped,
    classes: swapPair(run.classes),
    threshold: swapThreshold(run.threshold),
    recipe: swapRecipe(run.recipe),
    unsure: run.unsure && swapRule(run.unsure),
    counts: swapCounts(run.counts),
    evaluation: run.evaluation && swapEvaluation(run.evaluation),
  };
}

/** The run as a project shows it. */
export const asShown = (run: RunFile, { swapped, temperature }: RunView): RunFile => ({
  ...inOrder(run, swapped ?? run.swapped),
  temperature: temperature ?? run.temperature,
});

const pictureRowsSchema = z.array(
  z.object({
    path: z.string().transform(fromCell),
    sha256: z.string(),
    label: z.enum(['0', '1']).transform((label) => Number(label) as Label),
    split: z.enum(['train', 'validation']),
    id: z.coerce.number().int(),
  }),
);

/** The files of one run. */
export class RunFolder {
  constructor(readonly dir: string) {}

  /** Weights of the best epoch. */
  get headPath(): string {
    return join(this.dir, 'head.safetensors');
  }

  /** Weights and optimiser after the last saved epoch; removed when the run is complete. */
  get checkpointPath(): string {
    return join(this.dir, 'checkpoint.safetensors');
  }

  get #picturesPath(): string {
    return join(this.dir, 'pictures.csv');
  }

  get #runPath(): string {
    return join(this.dir, 'run.json');
  }

  /** Creates the folder, and removes temporary files of a killed run. */
  async create(): Promise<void> {
    await mkdir(this.dir, { recursive: true });
    await removeTemporaries(this.dir);
  }

  get hasCheckpoint(): boolean {
    return existsSync(this.checkpointPath);
  }

  get hasHead(): boolean {
    return existsSync(this.headPath) && existsSync(this.#runPath);
  }

  /** Whether the run's pictures and their split are stored here. */
  get hasPictures(): boolean {
    return existsSync(this.#picturesPath);
  }

  /** Stores the training and validation pictures of the run, with their labels. */
  async writePictures({ train, validation }: SplitSet): Promise<void> {
    const rows = [...train, ...validation].map(({ id, path, sha256, label, split }) => ({
      path,
      sha256,
      label,
      split,
      id,
    }));
    await writeFileAtomic(this.#picturesPath, toCsv(rows, ['path', 'sha256', 'label', 'split', 'id']));
  }

  /** The stored pictures; null without a list. @throws TwofoldError `corrupt` */
  async readPictures(): Promise<SplitSet | null> {
    if (!this.hasPictures) return null;
    const rows = pictureRowsSchema.safeParse(
      parse(await readFile(this.#picturesPath, 'utf8'), { columns: true }),
    );
    if (!rows.success) {
      throw new TwofoldError(
        'corrupt',
        `${this.#picturesPath} is damaged, so the run can't be resumed. Train a new one.`,
      );
    }
    const side = (wanted: TrainingSide): SplitPicture[] => rows.data.filter(({ split }) => split === wanted);
    return { train: side('train'), validation: side('validation') };
  }

  async write(run: z.input<typeof runFileSchema>): Promise<void> {
    const { temperature = 1, unsure = null, swapped = false } = run;
    const version = temperature !== 1 || unsure ? 3 : swapped ? 2 : 1;
    await writeFileAtomic(this.#runPath, `${JSON.stringify({ ...run, version }, null, 2)}\n`);
  }

  /** @throws TwofoldError `not-found`, `corrupt`, `newer-version` */
  async read(): Promise<RunFile> {
    if (!existsSync(this.#runPath)) {
      throw new TwofoldError(
        'not-found',
        `There is no trained model in ${this.dir}: run.json is missing. Expected a project or the folder of a run, such as PROJECT.twofold/runs/r1.`,
      );
    }
    let content: unknown;
    try {
      content = JSON.parse(await readFile(this.#runPath, 'utf8'));
    } catch (cause) {
      throw new TwofoldError('corrupt', `${this.#runPath} is damaged: it is not JSON.`, { cause });
    }
    const version = z.object({ version: z.int() }).safeParse(content);
    if (version.success && version.data.version > RUN_VERSION) {
      throw new TwofoldError(
        'newer-version',
        `${this.dir} was written by a newer Twofold (layout ${version.data.version}, this one reads ${RUN_VERSION}). Update Twofold.`,
      );
    }
    const parsed = runFileSchema.safeParse(content);
    if (!parsed.success) {
      const issue = parsed.error.issues[0];
      throw new TwofoldError(
        'corrupt',
        `${this.#runPath} is damaged: ${issue?.path.join('.') ?? ''} ${issue?.message ?? ''}.`,
      );
    }
    return parsed.data;
  }

  async removeCheckpoint(): Promise<void> {
    await rm(this.checkpointPath, { force: true });
  }
}
