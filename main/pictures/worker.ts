import './background.ts';
import { threadId, workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { toFailure, type Result } from '../../shared/errors.ts';
import { applyTransform, drawTransform, scalePixels } from './augment.ts';
import { PixelBudget, TaskCancelled } from './budget.ts';
import { inspect } from './inspect.ts';
import { measurePixels } from './measure.ts';
import { cachedPixels } from './pixels.ts';
import { pictureRng } from './random.ts';
import { CANCELLED, RETIRED } from './tasks.ts';
import type { Answers, Batch, CancelFlag, Draw, InspectOptions, NumberedPicture } from './tasks.ts';
import type { PictureReference, PixelOptions, Task, ThreadData } from './tasks.ts';

/** How long to inspect files before answering: ten small pictures, or one of a camera. */
const INSPECT_MS = 20;

const budget = new PixelBudget((workerData as ThreadData).budget, threadId);

/** Runs one task of the pool on this thread. Pixels are transferred, not copied. */
export default async function run(given: Task): Promise<unknown> {
  if (budget.shouldRetire) process.exit(RETIRED);
  try {
    return await answer(withReserve(given));
  } catch (error) {
    if (error instanceof TaskCancelled) return CANCELLED;
    throw error;
  }
}

async function answer(task: Task): Promise<unknown> {
  checkCancelled(task.cancel);
  switch (task.kind) {
    case 'inspect':
      return inspectSome(task.paths, task.options, task.cancel);
    case 'prepare': {
      const answer = await attempt(() => cachedPixels(task.picture, task.options));
      // Cached pixels are a view of a slightly larger buffer, which is transferred whole.
      return answer.ok ? handOver(answer, answer.value.buffer) : answer;
    }
    case 'measure':
      return attempt(async () =>
        measurePixels(await cachedPixels(task.picture, task.options), task.options.size),
      );
    case 'batch': {
      const batch = await fill(task.pictures, task.options, task.cancel, (source, _picture, out) =>
        scalePixels(source, out),
      );
      return handOver(batch, batch.pixels.buffer);
    }
    case 'augment': {
      const batch = await fill(
        task.pictures,
        task.options,
        task.cancel,
        augmentWith(task.draw, task.options.size),
      );
      return handOver(batch, batch.pixels.buffer);
    }
  }
}

/** Inspects files until the time is up or the thread should end, at least one. */
async function inspectSome(
  paths: readonly string[],
  options: InspectOptions,
  cancel: CancelFlag | undefined,
): Promise<Answers['inspect']> {
  const until = performance.now() + INSPECT_MS;
  const answers: Answers['inspect'] = [];
  for (const path of paths) {
    checkCancelled(cancel);
    answers.push(await attempt(() => inspect(path, options)));
    if (budget.shouldRetire || performance.now() >= until) break;
  }
  return answers;
}

/** Fills a batch picture by picture. A picture that fails leaves zeros and an entry in `failures`. */
async function fill<P extends PictureReference>(
  pictures: readonly P[],
  options: PixelOptions,
  cancel: CancelFlag | undefined,
  write: (source: Uint8Array, picture: P, out: Float32Array) => void,
): Promise<Batch> {
  const length = options.size * options.size * 3;
  const pixels = new Float32Array(pictures.length * length);
  const failures: Batch['failures'] = [];
  for (const [position, picture] of pictures.entries()) {
    checkCancelled(cancel);
    const source = await attempt(() => cachedPixels(picture, options));
    if (source.ok) write(source.value, picture, pixels.subarray(position * length, (position + 1) * length));
    else failures.push({ position, error: source.error });
  }
  return { pixels, failures };
}

function augmentWith({ seed, epoch, ranges }: Draw, size: number) {
  return (source: Uint8Array, picture: NumberedPicture, out: Float32Array) => {
    const transform = drawTransform(pictureRng(seed, epoch, picture.index), ranges, size, size);
    applyTransform(source, size, size, transform, out);
  };
}

/** Makes reading a picture wait for its share of the budget. */
function withReserve(task: Task): Task {
  const reserve = (pixels: number): void => budget.take(pixels, () => isCancelled(task.cancel));
  return { ...task, options: { ...task.options, reserve } } as Task;
}

async function attempt<T>(work: () => Promise<T>): Promise<Result<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof TaskCancelled) throw error;
    return { ok: false, error: toFailure(error) };
  } finally {
    budget.release();
  }
}

const isCancelled = (cancel: CancelFlag | undefined): boolean =>
  cancel !== undefined && Atomics.load(cancel, 0) !== 0;

function checkCancelled(cancel: CancelFlag | undefined): void {
  if (isCancelled(cancel)) throw new TaskCancelled();
}

/** Marks a buffer in an answer to be transferred to the other thread. */
function handOver(answer: unknown, buffer: ArrayBufferLike): unknown {
  return move({
    get [transferableSymbol]() {
      return buffer as ArrayBuffer;
    },
    get [valueSymbol]() {
      return answer;
    },
  } as Parameters<typeof move>[0]);
}
