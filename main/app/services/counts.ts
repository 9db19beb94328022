import type { Emit } from './emit.ts';
import type { OpenProject } from './open-project.ts';

/** Labels change many times a second while a person labels, and counting 100,000 pictures takes some 10 ms. */
const SETTLE_MS = 150;

/** Tells the window how many pictures of each kind the open project has, whenever that may have changed. */
export class Counts {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly project: OpenProject,
    private readonly emit: Emit,
  ) {}

  /** Labels or pictures changed. */
  readonly changed = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#count().catch(() => undefined), SETTLE_MS);
  };

  /** A count that a further change outdates meanwhile is not announced: the next one is on its way. */
  async #count(): Promise<void> {
    const timer = this.#timer;
    if (this.project.current === null) return;
    const counts = await this.project.requireReader().read({ kind: 'counts' });
    if (timer === this.#timer) this.emit('pictures.counted', counts);
  }
}
