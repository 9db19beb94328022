import { availableParallelism } from 'node:os';
import { Piscina } from 'piscina';
import { TwofoldError, type Result } from '../../shared/errors.ts';
import { entry } from '../support/entry.ts';
import { processBudget, releaseThread, type BudgetMemory } from './budget.ts';
import { InspectQueue } from './inspect-queue.ts';
import { CANCELLED, RETIRED } from './tasks.ts';
import type {
  Answers,
  Batch,
  CancelFlag,
  Draw,
  Inspected,
  InspectOptions,
  NumberedPicture,
} from './tasks.ts';
import type { PictureReference, PixelOptions, Task, ThreadData } from './tasks.ts';

export interface PoolOptions {
  /**
   * Maximum number of threads; default: the number of cores. Threads start on demand and end after a minute without
   * work.
   */
  threads?: number | undefined;
  /** Whether threads run at lower priority than the rest of the process. Default false. */
  background?: boolean;
}

/** Idle threads are kept between epochs, since starting one takes half a second. */
const IDLE_MS = 60_000;
/** Piscina's message for a task whose thread ended before the task began. */
const RETIRED_MESSAGE = `worker exited with code: ${RETIRED}`;

/**
 * Threads that decode, prepare and augment pictures. Failures of a picture are part of the result; a call rejects only
 * with `cancelled` (its signal was aborted: queued work is dropped, running work ends after the current picture) or
 * `crashed` (a thread died). An idle pool does not keep the process alive.
 */
export class PicturePool {
  readonly threads: number;
  readonly #pool: Piscina<Task>;
  readonly #cancels = new WeakMap<AbortSignal, Cancel>();
  readonly #inspections: InspectQueue;

  constructor({ threads = availableParallelism(), background = false }: PoolOptions = {}) {
    this.threads = threads;
    const budget = processBudget();
    const { path, execArgv } = entry(import.meta.url, './worker.ts');
    this.#pool = new Piscina<Task>({
      filename: path,
      execArgv,
      workerData: { background, budget } satisfies ThreadData,
      minThreads: 0,
      maxThreads: threads,
      idleTimeout: IDLE_MS,
      recordTiming: false,
    });
    this.#returnBudgets(budget);
    this.#inspections = new InspectQueue(threads, (paths, options, signal) =>
      this.#run({ kind: 'inspect', paths, options }, signal),
    );
  }

  /**
   * Hashes and fully decodes a file, to check that it is a valid picture. Optionally caches its thumbnail and prepared
   * pixels (not on a full disk).
   */
  inspect(path: string, options: InspectOptions = {}, signal?: AbortSignal): Promise<Result<Inspected>> {
    return this.#cancellable(signal, () => this.#inspections.add(path, options, signal));
  }

  /** Prepared pixels of one picture, [size, size, 3] uint8, through the cache if there is one. */
  prepare(
    picture: PictureReference,
    options: PixelOptions,
    signal?: AbortSignal,
  ): Promise<Answers['prepare']> {
    return this.#run({ kind: 'prepare', picture, options }, signal);
  }

  /** Properties of one picture's prepared pixels. */
  measure(
    picture: PictureReference,
    options: PixelOptions,
    signal?: AbortSignal,
  ): Promise<Answers['measure']> {
    return this.#run({ kind: 'measure', picture, options }, signal);
  }

  /** A batch without augmentation, [pictures, size, size, 3] float32, 0..1. */
  prepareBatch(pictures: PictureReference[], options: PixelOptions, signal?: AbortSignal): Promise<Batch> {
    return this.#run({ kind: 'batch', pictures, options }, signal);
  }

  /** A batch with each picture's random transform of this epoch, [pictures, size, size, 3] float32, 0..1. */
  augment(
    pictures: NumberedPicture[],
    draw: Draw,
    options: PixelOptions,
    signal?: AbortSignal,
  ): Promise<Batch> {
    return this.#run({ kind: 'augment', pictures, options, draw }, signal);
  }

  /** Drops queued work, waits for running work and ends the threads. */
  async close(): Promise<void> {
    await this.#pool.close({ force: true });
  }

  #run<K extends Task['kind']>(
    task: Extract<Task, { kind: K }>,
    signal: AbortSignal | undefined,
  ): Promise<Answers[K]> {
    return this.#cancellable(signal, (cancel) => this.#submit<K>({ ...task, cancel }));
  }

  /** Starts work and rejects as soon as the signal is aborted. */
  async #cancellable<T>(
    signal: AbortSignal | undefined,
    start: (cancel?: CancelFlag) => Promise<T>,
  ): Promise<T> {
    if (!signal) return start();
    if (signal.aborted) throw cancelled();
    const { flag, waiting } = this.#cancel(signal);
    const answer = start(flag);
    return new Promise((resolve, reject) => {
      waiting.add(reject);
      answer.then(resolve, reject).finally(() => waiting.delete(reject));
    });
  }

  async #submit<K extends Task['kind']>(task: Extract<Task, { kind: K }>): Promise<Answers[K]> {
    let answer: Answers[K] | typeof CANCELLED;
    try {
      answer = (await this.#pool.run(task)) as typeof answer;
    } catch (error) {
      const { name, message } = error instanceof Error ? error : new Error(String(error));
      if (message === RETIRED_MESSAGE) return this.#submit<K>(task);
      // From `close`. Piscina's abort signal is not used, since it kills the thread.
      if (name === 'AbortError') throw cancelled(error);
      throw new TwofoldError('crashed', `A thread that reads pictures ended unexpectedly: ${message}.`, {
        cause: error,
      });
    }
    if (answer === CANCELLED) throw cancelled();
    return answer;
  }

  /** Releases the budgets of threads that have ended. */
  #returnBudgets(budget: BudgetMemory): void {
    const known = new Set<number>();
    this.#pool.on('workerCreate', ({ id }: { id: number }) => known.add(id));
    this.#pool.on('workerDestroy', () =>
      setImmediate(() => {
        const alive = new Set(this.#pool.threads.map(({ threadId }) => threadId));
        for (const id of known) {
          if (alive.has(id)) continue;
          known.delete(id);
          releaseThread(budget, id);
        }
      }),
    );
  }

  /** The state of a signal, with one listener however many calls use it. */
  #cancel(signal: AbortSignal): Cancel {
    const known = this.#cancels.get(signal);
    if (known) return known;
    const created: Cancel = { flag: new Int32Array(new SharedArrayBuffer(4)), waiting: new Set() };
    const onAbort = () => {
      Atomics.store(created.flag, 0, 1);
      for (const reject of created.waiting) reject(cancelled());
    };
    signal.addEventListener('abort', onAbort, { once: true });
    this.#cancels.set(signal, created);
    return created;
  }
}

/** The effect of a signal: sets a flag that threads can read, and rejects the waiting calls. */
interface Cancel {
  flag: CancelFlag;
  waiting: Set<(reason: TwofoldError) => void>;
}

function cancelled(cause?: unknown): TwofoldError {
  return new TwofoldError('cancelled', 'Reading pictures was cancelled.', { cause });
}
