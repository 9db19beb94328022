/** Ends a task whose result is no longer needed. */
export class TaskCancelled extends Error {}

/** Memory that pictures being read may take in one process, all its threads and pools together. */
export const BUDGET_BYTES = 1e9;
/** Of a picture being decoded: the decoder's pixels and a copy in memory of ours, one of them with alpha or 16 bits. */
export const BYTES_A_PIXEL = 8;
/** A thread that read a larger picture ends, since the decoder's memory never shrinks. */
const RETIRE_BYTES = BUDGET_BYTES / 2;

/** How often a thread that waits looks whether it is still wanted. */
const LOOK_MS = 50;
/** Counts are 32 bits wide. */
const UNIT_BYTES = 1024;
const THREADS = 256;

/** Shared by threads. [0]: units in use; then for each thread that took some its number and how many. */
export type BudgetMemory = Int32Array<SharedArrayBuffer>;

export function newBudget(): BudgetMemory {
  return new Int32Array(new SharedArrayBuffer(4 * (1 + 2 * THREADS)));
}

let shared: BudgetMemory | undefined;
/** The budget of this process, which its pools hand to their threads. */
export const processBudget = (): BudgetMemory => (shared ??= newBudget());

/**
 * One thread's part in the budget. Large pictures wait for each other; one that is larger than all of the budget is read
 * while no other is.
 */
export class PixelBudget {
  /** Whether the thread has read a picture so large that its memory should go back to the system. */
  shouldRetire = false;

  /** @param thread a number above 0 that no other thread has */
  constructor(
    private readonly memory: BudgetMemory,
    private readonly thread: number,
    private readonly limitBytes = BUDGET_BYTES,
  ) {}

  /**
   * Waits until there is room for a picture's pixels. It blocks the thread, which has nothing else to do.
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

  /** Gives back what this thread took. */
  release(): void {
    releaseThread(this.memory, this.thread);
  }

  /** Where this thread's share is noted, so that it can be given back for a thread that died. */
  #slot(): number | null {
    for (let slot = 1; slot < this.memory.length; slot += 2) {
      const owner = Atomics.compareExchange(this.memory, slot, 0, this.thread);
      if (owner === 0 || owner === this.thread) return slot;
    }
    return null;
  }
}

/** Gives back what a thread took, also one that has ended. */
export function releaseThread(memory: BudgetMemory, thread: number): void {
  for (let slot = 1; slot < memory.length; slot += 2) {
    if (Atomics.load(memory, slot) !== thread) continue;
    Atomics.sub(memory, 0, Atomics.exchange(memory, slot + 1, 0));
    Atomics.store(memory, slot, 0);
    Atomics.notify(memory, 0);
    return;
  }
}
