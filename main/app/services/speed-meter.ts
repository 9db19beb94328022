import type { MeasuredSpeed } from '../../../shared/train-speed.ts';
import type { ProgressEvent } from '../../../shared/jobs/messages.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { measureSpeed } from '../../engine/measure-speed.ts';
import type { JobProcess } from '../../training/supervisor.ts';
import type { OpenProject } from './open-project.ts';
import type { Speeds } from './speeds.ts';
import { Task } from './task.ts';

/**
 * Measures the training speed of this computer before anything was trained on it. Other work comes first: nothing is
 * measured while something runs, and what starts meanwhile ends the measurement.
 */
export class SpeedMeter extends Task<MeasuredSpeed | null, ProgressEvent> {
  /** Processes of other work that are running. */
  #others = 0;

  constructor(
    private readonly project: OpenProject,
    private readonly speeds: Speeds,
    private readonly isBusy: () => boolean,
    private readonly spawn: () => JobProcess,
  ) {
    super(project, 'A measurement of the speed', () => undefined);
  }

  /** Wraps a function that starts the process of other work. */
  aside(spawn: () => JobProcess): () => JobProcess {
    return () => {
      this.#others++;
      this.cancel();
      const child = spawn();
      child.onExit(() => this.#others--);
      return child;
    };
  }

  /**
   * The speed for the model of a recipe, measured now where it is not known yet.
   *
   * @returns null while other work runs, or where no labelled picture can be read
   * @throws TwofoldError the errors of `measureSpeed`
   */
  async measure(recipe: Recipe): Promise<MeasuredSpeed | null> {
    const project = this.project.require();
    const known = await this.speeds.of(recipe);
    if (known) return known;
    if (this.result) return this.result;
    if (this.#others > 0 || this.isBusy()) return null;
    return this.start(async (killSignal) => {
      const speed = await measureSpeed(project, recipe, { spawn: this.spawn, killSignal });
      if (speed) await this.speeds.keepSample(recipe, speed);
      return this.speeds.of(recipe);
    });
  }
}
