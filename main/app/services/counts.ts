import type { Emit } from './emit.ts';
import type { OpenProject } from './open-project.ts';

/** Debounces counting, which takes about 10 ms for 100,000 pictures, while labels change many times a second. */
const SETTLE_MS = 150;

/** Sends the picture counts of the open project to the window whenever they may have changed. */
export class Counts {
  #timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly project: OpenProject,
    private readonly emit: Emit,
  ) {}

  /** Call it after labels or pictures changed. */
  readonly changed = (): void => {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#count().catch(() => undefined), SETTLE_MS);
  };

  /** Skips the event if another change has arrived meanwhile; its own count follows. */
  async #count(): Promise<void> {
    const timer = this.#timer;
    if (this.project.current === null) return;
    const counts = await this.project.requireReader().read({ kind: 'counts' });
    if (timer === this.#timer) this.emit('pictures.counted', counts);
  }
}
