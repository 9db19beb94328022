/** Ends a task whose result is no longer needed. */
export class TaskCancelled extends Error {}

/** Memory for pictures being read in one process, for all its threads and pools together. */
export const BUDGET_BYTES = 1e9;
/** Bytes per pixel while decoding: the decoder's pixels and our copy, one of them with alpha or 16 bits. */
export const BYTES_A_PIXEL = 8;
/** A thread ends after reading a larger picture, since the decoder's memory never shrinks. */
const RETIRE_BYTES = BUDGET_BYTES / 2;

/** How often a waiting thread checks for cancellation. */
const LOOK_MS = 50;
/** Counted in KB, since counts have 32 bits. */
const UNIT_BYTES = 1024;
const THREADS = 256;

/** Shared by threads. [0]: units in use; then pairs of a thread's number and the units it has taken. */
export type BudgetMemory = Int32Array<SharedArrayBuffer>;

export function newBudget(): BudgetMemory {
  return new Int32Array(new SharedArrayBuffer(4 * (1 + 2 * THREADS)));
}

let shared: BudgetMemory | undefined;
/** The budget of this process, which its pools pass to their threads. */
export const processBudget = (): BudgetMemory => (shared ??= newBudget());

/**
 * A thread's access to the budget. Large pictures wait for each other; a picture larger than the whole budget is read
 * while no other is.
 */
export class PixelBudget {
  /** Whether the thread has read a picture so large that it should end to free its memory. */
  shouldRetire = false;

  /** @param thread a number above 0 that no other thread has */
  constructor(
    private readonly memory: BudgetMemory,
    private readonly thread: number,
    private readonly limitBytes = BUDGET_BYTES,
  ) {}

  /**
   * Waits until there is room for a picture's pixels. Blocks the thread.
   *
   * @throws TaskCancelled once `isCancelled`
   */
  take(pixels: number, isCancelled: () => boolean = () => false): void {
    const wanted = Math.ceil((pixels * BYTES_A_PIXEL) / UNIT_BYTES);
    this.shouldRetire ||= pixels * BYTES_A_PIXEL > RETIRE_BYTES;
    for (;;) {
      const used = Atomics.load(this.memory, 0);
      const fits = used <= 0 || used + wanted <= this.limitBytes / UNIT_BYTES;
      if (fits && Atomics.compareExchange(this.memory, 0, used, used + wanted) === used) break;
      if (isCancelled()) throw new TaskCancelled();
      if (!fits) Atomics.wait(this.memory, 0, used, LOOK_MS);
    }
    const slot = this.#slot();
    if (slot !== null) Atomics.add(this.memory, slot + 1, wanted);
  }

  /** Releases what this thread took. */
  release(): void {
    releaseThread(this.memory, this.thread);
  }

  /** Index of this thread's pair, by which its units can be released if it dies. */
  #slot(): number | null {
    for (let slot = 1; slot < this.memory.length; slot += 2) {
      const owner = Atomics.compareExchange(this.memory, slot, 0, this.thread);
      if (owner === 0 || owner === this.thread) return slot;
    }
    return null;
  }
}

/** Releases what a thread took, even if the thread has ended. */
export function releaseThread(memory: BudgetMemory, thread: number): void {
  for (let slot = 1; slot < memory.length; slot += 2) {
    if (Atomics.load(memory, slot) !== thread) continue;
    Atomics.sub(memory, 0, Atomics.exchange(memory, slot + 1, 0));
    Atomics.store(memory, slot, 0);
    Atomics.notify(memory, 0);
    return;
  }
}
