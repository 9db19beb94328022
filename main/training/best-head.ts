import type { Head } from '../model/head/head.ts';

/** The head of the best epoch: kept in memory when it is reached, written when a checkpoint is due. */
export class BestHead {
  #isNewer = false;
  #savedEpoch: number;

  /** @param savedEpoch epoch of the head that lies in the file already; 0 where there is none */
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

  /** Remembers the head as it is now. */
  keep(): void {
    this.head.keep();
    this.#isNewer = true;
  }

  /** Writes what was kept since the last time; it is of `epoch`. */
  async save(epoch: number): Promise<void> {
    if (!this.#isNewer) return;
    await this.head.writeWeights(this.path, 'kept');
    this.#isNewer = false;
    this.#savedEpoch = epoch;
  }

  /** Puts the head back to the best epoch, from the file. Call after `save`. */
  async restore(): Promise<void> {
    await this.head.readWeights(this.path);
  }
}
