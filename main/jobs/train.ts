import { TwofoldError, type Failure } from '../../shared/errors.ts';
import type { TrainJob, TrainResult } from '../../shared/jobs/train.ts';
import type { SplitPicture } from '../../shared/labelled-picture.ts';
import { ProgressMeter, type Ms } from '../../shared/progress.ts';
import { swapThreshold } from '../../shared/swap.ts';
import { expectedMs } from '../../shared/train-speed.ts';
import type { Head } from '../model/head/head.ts';
import type { Tensor } from '../model/tensorflow.ts';
import { BestHead } from '../training/best-head.ts';
import { Checkpoints } from '../training/checkpoint.ts';
import { cacheFeatures } from '../training/cache-features.ts';
import { createHead } from '../training/create-head.ts';
import { FeatureSource } from '../training/feature-source.ts';
import { FRESH_FIT, fit, type FitEnd, type FitState } from '../training/fit.ts';
import type { JobContext } from '../training/job-context.ts';
import { LeftOutList } from '../training/left-out.ts';
import { inOrder, RunFolder, type RunFile } from '../training/run-folder.ts';
import { evaluateScores, probabilities, score, type Scores } from '../training/score.ts';
import { stageProgress } from '../training/stage-progress.ts';
import { computingEpochs, TimeLeft } from '../training/time-left.ts';
import { trainBatches } from '../training/train-batches.ts';
import { countClasses, requireBothSides, withoutContents, type SplitSet } from '../training/split.ts';

/** Trains a run and saves its head in the run's folder. */
export async function runTrainJob(job: TrainJob, context: JobContext): Promise<TrainResult> {
  const { recipe } = job;
  const { control, emit } = context;
  const leftOut = new LeftOutList(emit);
  const split = await chooseSplit(job, leftOut);
  emit({ type: 'split', counts: countSplit(split) });
  stageProgress('loading', 1, emit).update(0);

  const source = await FeatureSource.open(recipe, job.cacheDir, control.signal, leftOut.add);
  try {
    const head = await createHead(source, recipe, split.train);
    try {
      return await new TrainRun(job, context, split, source, head, leftOut).run();
    } finally {
      head.dispose();
    }
  } finally {
    await source.close();
  }
}

/**
 * The split that main decided. A resumed run keeps the pictures, labels and split listed in its folder; otherwise it could
 * be validated on pictures that it was trained on. Pictures that were moved to the test set since are skipped.
 *
 * @throws TwofoldError `corrupt` if the folder's list can't be read, `too-few` if a side has no picture left
 */
async function chooseSplit(job: TrainJob, leftOut: LeftOutList): Promise<SplitSet> {
  for (const path of job.testCopies) leftOut.add({ path }, IN_TEST_SET);
  const { pictures, classes } = job;
  if (pictures.length > 0) {
    return {
      train: pictures.filter(({ split }) => split === 'train'),
      validation: pictures.filter(({ split }) => split === 'validation'),
    };
  }
  const listed = await new RunFolder(job.runDir).readPictures();
  const contents = new Set(job.testSet);
  const outside = (side: SplitPicture[] = []): SplitPicture[] => {
    const { kept, left } = withoutContents(side, contents);
    for (const picture of left) leftOut.add(picture, IN_TEST_SET);
    return kept;
  };
  const split = { train: outside(listed?.train), validation: outside(listed?.validation) };
  requireBothSides(split, classes, 'resumed');
  return split;
}

const IN_TEST_SET: Failure = {
  code: 'in-test-set',
  message:
    'It is in the test set, or is a copy or near-duplicate of a test picture, so it is not used for training.',
};

class TrainRun {
  readonly #folder: RunFolder;
  readonly #checkpoints: Checkpoints;
  #createdAt = new Date().toISOString();
  /** Of caching features: how long it took, and how many were computed. */
  #caching = { ms: 0, computed: 0 };
  #left: TimeLeft | null = null;

  constructor(
    private readonly job: TrainJob,
    private readonly context: JobContext,
    private readonly split: SplitSet,
    private readonly source: FeatureSource,
    private readonly head: Head,
    private readonly leftOut: LeftOutList,
  ) {
    this.#folder = new RunFolder(job.runDir);
    this.#checkpoints = new Checkpoints(this.#folder.checkpointPath);
  }

  async run(): Promise<TrainResult> {
    await this.#folder.create();
    await this.#folder.writePictures(this.split);
    const from =
      this.job.resume && this.#folder.hasCheckpoint ? await this.#checkpoints.restore(this.head) : FRESH_FIT;
    const earlier = this.job.resume && this.#folder.hasHead ? await this.#folder.read() : null;
    this.#createdAt = earlier?.createdAt ?? this.#createdAt;
    const best = new BestHead(this.head, this.#folder.headPath, earlier?.bestEpoch ?? 0);
    await this.#cacheFeatures();
    const { end, state: reached } = await this.#fit(from, best);
    // Ended before it reached the epoch at which it had been stopped: the head saved then is still the best.
    const state = earlier && reached.epoch < earlier.bestEpoch ? stateOf(earlier) : reached;
    if (state.bestEpoch === 0) throw nothingToKeep(end, this.job.recipe.learningRate);
    return this.#finish(end, state, best);
  }

  /** Caches the features that every epoch uses: those of validation, and of training without augmentation. */
  async #cacheFeatures(): Promise<void> {
    const { recipe } = this.job;
    const pictures = [...(recipe.augmentation.enabled ? [] : this.split.train), ...this.split.validation];
    const before = { ms: this.#now(), computed: this.source.computed };
    await cacheFeatures(this.source, pictures, recipe.batch, this.context);
    this.#caching = { ms: this.#now() - before.ms, computed: this.source.computed - before.computed };
    this.split.validation = this.#withoutLeftOut(this.split.validation);
    this.split.train = this.#withoutLeftOut(this.split.train);
  }

  #withoutLeftOut(pictures: SplitPicture[]): SplitPicture[] {
    const paths = new Set(this.leftOut.pictures.map(({ path }) => path));
    return pictures.filter(({ path }) => !paths.has(path));
  }

  #fit(from: FitState, best: BestHead): Promise<{ end: FitEnd; state: FitState }> {
    const { recipe } = this.job;
    const { control, emit } = this.context;
    const { train, validation } = this.split;
    const plan = {
      epochs: recipe.epochs,
      pictures: train.length,
      computing: computingEpochs(recipe.augmentation),
    };
    const left = (this.#left = new TimeLeft(plan, from.epoch, this.#now()));
    const isLimit = recipe.patience !== null;
    const meter = new ProgressMeter(recipe.epochs * train.length, (progress) =>
      emit({ type: 'progress', stage: 'training', ...progress, leftMs: left.ms, isLimit }),
    );
    let done = from.epoch * train.length;
    meter.restart(done);
    meter.update(done);
    return fit<Tensor | Float32Array>(this.head, from, {
      epochs: recipe.epochs,
      patience: recipe.patience,
      batchesPerEpoch: Math.ceil(train.length / recipe.batch),
      trainBatches: (epoch) => trainBatches(this.source, train, recipe, epoch),
      validate: async () => {
        const startedAt = this.#now();
        const { loss, accuracy } = evaluateScores(
          await score(this.source, this.head, validation, { cached: true, control }),
        );
        left.validated(validation.length, this.#now() - startedAt);
        return { loss, accuracy: accuracy.value };
      },
      control,
      onBatch: (batch, count, stepMs) => {
        emit({ type: 'batch', ...batch });
        left.batch(count, stepMs, this.#now());
        meter.update((done += count));
      },
      onEpoch: async (state, metrics, isBest) => {
        // Repeated epochs after a checkpoint give the same heads, so a head that is already saved is not replaced.
        if (isBest && state.epoch > best.savedEpoch) best.keep();
        if (this.#checkpoints.isDue) {
          // The head before the checkpoint, so that a crash in between can't leave a head that is older than the checkpoint.
          await this.#saveBest(state, best);
          await this.#checkpoints.save(this.head, state);
        }
        emit({ type: 'epoch', best: isBest, savedEpoch: best.savedEpoch, ...metrics });
        done = state.epoch * train.length;
        left.epoch(this.#now());
      },
    });
  }

  /** Working time of this process, without pauses. */
  #now(): Ms {
    return performance.now() - this.context.control.pausedMs;
  }

  async #saveBest(state: FitState, best: BestHead): Promise<void> {
    if (state.bestEpoch <= best.savedEpoch) return;
    await best.save(state.bestEpoch);
    await this.#folder.write(this.#runFile(state, null));
  }

  #runFile(state: FitState, evaluation: RunFile['evaluation']): RunFile {
    const { recipe, classes, shown } = this.job;
    const run: RunFile = {
      format: 'twofold-run',
      version: 1,
      createdAt: this.#createdAt,
      classes,
      swapped: false,
      threshold: shown.threshold,
      // A run that is trained on has another model, so what was calibrated before does not hold.
      temperature: 1,
      unsure: null,
      recipe,
      weights: this.source.extractor.weights,
      featureShape: [...this.source.extractor.shape],
      counts: countSplit(this.split),
      bestEpoch: state.bestEpoch,
      history: state.history,
      evaluation,
    };
    return { ...inOrder(run, shown.swapped), threshold: shown.threshold };
  }

  #reportSpeed({ history }: FitState): void {
    const { computing, step, validation } = this.#left!.rates;
    if (step === null || validation === null) return;
    const { ms, computed } = this.#caching;
    const cached = computed >= ENOUGH ? ms / computed : null;
    const featuresMs = computing === null ? cached : Math.max(0, computing - step);
    const rates = { featuresMs: featuresMs ?? 0, readMs: validation, stepMs: step, otherMs: 0 };
    const { recipe } = this.job;
    const [train, validated] = [this.split.train.length, this.split.validation.length];
    const epochsMs =
      expectedMs({ ...recipe, epochs: history.length }, rates, { train, validation: validated })! -
      (validated + (recipe.augmentation.enabled ? 0 : train)) * rates.featuresMs;
    // The time of this process from its start.
    const speed = { ...rates, featuresMs, otherMs: Math.max(0, this.#now() - epochsMs - ms) };
    this.context.emit({ type: 'speed', speed });
  }

  async #finish(end: FitEnd, state: FitState, best: BestHead): Promise<TrainResult> {
    await this.#saveBest(state, best);
    await best.restore();
    const { control } = this.context;
    const { swapped, threshold } = this.job.shown;
    const scores = await score(this.source, this.head, this.split.validation, { cached: true, control });
    const evaluation = evaluateScores(scores, swapped ? swapThreshold(threshold) : threshold);
    await this.#folder.write(this.#runFile(state, evaluation));
    // A complete run can't be resumed, and the optimiser's state is as large as two heads.
    if (end === 'completed' || end === 'early-stopped') await this.#folder.removeCheckpoint();
    if (!this.job.resume) this.#reportSpeed(state);
    return {
      kind: 'train',
      end,
      epochs: state.epoch,
      bestEpoch: state.bestEpoch,
      valLoss: evaluation.loss,
      valAccuracy: evaluation.accuracy.value,
      evaluation,
      scores: scored(scores),
      counts: countSplit(this.split),
      leftOut: this.leftOut.pictures,
      weightsFingerprint: this.source.extractor.weights.fingerprint,
      peakMemoryBytes: process.resourceUsage().maxRSS * 1024,
    };
  }
}

/** Fewer computed features say little about the speed: the first ones take longer. */
const ENOUGH = 40;

/** The state of a run when its folder was last written. */
function stateOf({ bestEpoch, history }: RunFile): FitState {
  const best = history.find(({ epoch }) => epoch === bestEpoch);
  return { epoch: history.length, bestEpoch, bestValLoss: best?.valLoss ?? Infinity, history };
}

function countSplit({ train, validation }: SplitSet): TrainResult['counts'] {
  return { train: countClasses(train), validation: countClasses(validation) };
}

function scored({ pictures, logits }: Scores<SplitPicture>): TrainResult['scores'] {
  const values = probabilities(logits);
  return pictures.map(({ id, split, label }, index) => ({ id, split, label, probability: values[index]! }));
}

function nothingToKeep(end: FitEnd, learningRate: number): TwofoldError {
  return end === 'diverged'
    ? new TwofoldError(
        'diverged',
        `The loss became infinite or not a number in the first epoch, so no model was saved. Try a learning rate below ${learningRate}.`,
      )
    : new TwofoldError('cancelled', 'Stopped before the first epoch was complete, so no model was saved.');
}
