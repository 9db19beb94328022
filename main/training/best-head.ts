import type { Head, HeadWeights } from '../model/head/head.ts';

/** The head of the best epoch: kept in memory when it is reached, written when a checkpoint is due. */
export class BestHead {
  #weights: HeadWeights | undefined;

  /** @param savedEpoch epoch of the head that lies in the file already; 0 where there is none */
  constructor(
    private readonly head: Head,
    private readonly path: string,
    private savedEpoch_ = 0,
  ) {}

  /** Epoch of the head in the file. */
  get savedEpoch(): number {
    return this.savedEpoch_;
  }

  /** Remembers the head as it is now. */
  keep(): void {
    this.#weights = this.head.getWeights();
  }

  /** Writes what was kept since the last time. */
  async save(epoch: number): Promise<void> {
    if (!this.#weights) return;
    await this.head.writeWeights(this.path, this.#weights);
    this.#weights = undefined;
    this.savedEpoch_ = epoch;
  }

  /** Puts the head back to the best epoch, from the file. Call after `save`. */
  async restore(): Promise<void> {
    await this.head.readWeights(this.path);
  }
}
