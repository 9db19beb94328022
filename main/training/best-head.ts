import type { Head } from '../model/head/head.ts';

/** The head of the best epoch: kept in memory at first, written when a checkpoint is due. */
export class BestHead {
  #isNewer = false;
  #savedEpoch: number;

  /** @param savedEpoch epoch of the head in the file; 0 without one */
  constructor(
    private readonly head: Head,
    private readonly path: string,
    savedEpoch: number,
  ) {
    this.#savedEpoch = savedEpoch;
  }

  /** Epoch of the head in the file. */
  get savedEpoch(): number {
    return this.#savedEpoch;
  }

  /** Keeps the head's current weights in memory. */
  keep(): void {
    this.head.keep();
    this.#isNewer = true;
  }

  /** Writes the kept weights, if they are new. @param epoch that they are of */
  async save(epoch: number): Promise<void> {
    if (!this.#isNewer) return;
    await this.head.writeWeights(this.path, 'kept');
    this.#isNewer = false;
    this.#savedEpoch = epoch;
  }

  /** Sets the head to the best epoch, from the file. Call after `save`. */
  async restore(): Promise<void> {
    await this.head.readWeights(this.path);
  }
}
