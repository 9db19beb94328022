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
import type { Batch, CancelFlag, Draw, NumberedPicture, ThreadData } from './tasks.ts';
import type { PictureReference, PixelOptions, Task } from './tasks.ts';

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
      return attempt(() => inspect(task.path, task.options));
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
