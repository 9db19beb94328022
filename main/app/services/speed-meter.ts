import { toFailure, TwofoldError } from '../../../shared/errors.ts';
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
export class SpeedMeter extends Task<MeasuredSpeed, ProgressEvent> {
  /** Processes of other work that are running. */
  #others = 0;
  /** The measurement that is running was ended for other work, which may be over before this is noticed. */
  #gaveWay = false;

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
      this.#gaveWay = true;
      this.cancel();
      const child = spawn();
      child.onExit(() => this.#others--);
      return child;
    };
  }

  /**
   * The speed for the model of a recipe, measured now where it is not known yet.
   *
   * @throws TwofoldError `busy` while other work runs, or if another job starts meanwhile; `missing-files` where no labelled picture can be
   *   read; the errors of `measureSpeed`
   */
  async measure(recipe: Recipe): Promise<MeasuredSpeed> {
    const project = this.project.require();
    const known = await this.speeds.of(recipe);
    if (known) return known;
    if (this.result) return this.result;
    if (this.#isBusy) throw busy();
    this.#gaveWay = false;
    return this.start(async (killSignal) => {
      const speed = await measureSpeed(project, recipe, { spawn: this.spawn, killSignal }).catch(
        (thrown: unknown) => {
          throw toFailure(thrown).code === 'cancelled' && this.#gaveWay ? busy() : thrown;
        },
      );
      if (!speed) {
        throw new TwofoldError(
          'missing-files',
          'The speed was not measured: no labelled picture can be read. Locate the folder of the pictures, then try again.',
        );
      }
      await this.speeds.keepSample(recipe, speed);
      return (await this.speeds.of(recipe)) ?? { ...speed, measuredIn: 'sample' };
    });
  }

  get #isBusy(): boolean {
    return this.#others > 0 || this.isBusy();
  }
}

const busy = (): TwofoldError =>
  new TwofoldError(
    'busy',
    'The speed was not measured: an import or another job is running. Wait until it is done, or cancel it, then try again.',
  );
