import type { FoldTraining } from '../../shared/reliability.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';
import { Task } from './task.svelte.ts';

interface Request {
  run: string;
  training: FoldTraining;
  /** Whether it was computed; false if it was cancelled, failed or belongs to another project. */
  done: Promise<boolean>;
}

/**
 * Predicting labelled pictures out of fold, by heads that are trained like a run's: for calibration, and to rank labels.
 * Requests for the same heads share one computation; others wait for their turn.
 */
export class Folds extends Task<'folds'> {
  /** The run whose heads are trained, or were last. */
  runId = $state<string | null>(null);
  /** How often it was done since the window was opened. */
  done = $state(0);
  /** Told the run of a quick computation that began before the window was loaded, when it is done: nobody else waits for it. */
  onAdopted: (run: string) => void = () => undefined;
  /** The one that is computed comes first. */
  #requests = $state.raw<readonly Request[]>([]);

  constructor(client: Client, notices: Notices) {
    super(
      client,
      notices,
      'folds',
      'Heads of folds are being trained. Wait until that is done, or cancel it.',
    );
  }

  open(isProject: boolean): void {
    this.forget();
    this.#requests = [];
    this.runId = null;
    if (isProject) void this.#adopt();
  }

  /** Whether heads of a run are trained now, or wait until those of another are. */
  of(run: string, training: FoldTraining): 'running' | 'waiting' | null {
    const at = this.#requests.findIndex((one) => one.run === run && one.training === training);
    return at < 0 ? null : at === 0 ? 'running' : 'waiting';
  }

  /** Follows what was started before the window was loaded. */
  async #adopt(): Promise<void> {
    const found = await this.notices.read(() => this.client.call('folds.state'));
    if (found && this.#requests.length === 0) {
      const work = this.adopt(
        () => Promise.resolve(found),
        () => this.client.call('folds.result'),
      );
      const isDone = await this.#add(found.run, found.training, async () => this.#ended(await work));
      if (isDone && found.training === 'quick') this.onAdopted(found.run);
    }
  }

  /** @returns whether it was computed, when it is */
  start(run: string, training: FoldTraining): Promise<boolean> {
    const same = this.#requests.find((one) => one.run === run && one.training === training);
    if (same) return same.done;
    const before = this.#requests.at(-1)?.done ?? Promise.resolve();
    return this.#add(run, training, async (request) => {
      await before;
      return this.#requests.includes(request) && this.#compute(request);
    });
  }

  #add(run: string, training: FoldTraining, work: (request: Request) => Promise<boolean>): Promise<boolean> {
    const request: Request = { run, training, done: Promise.resolve(false) };
    this.#requests = [...this.#requests, request];
    if (this.#requests[0] === request) this.runId = run;
    request.done = work(request).finally(() => this.#remove(request));
    return request.done;
  }

  #remove(request: Request): void {
    this.#requests = this.#requests.filter((one) => one !== request);
  }

  async #compute({ run, training }: Request): Promise<boolean> {
    this.runId = run;
    return this.#ended(
      await this.perform(
        () => this.client.call('folds.start', { run, training }),
        (error) => {
          if (!this.cancelling) this.notices.fail(error);
        },
      ),
    );
  }

  #ended(found: { pictures: number } | null | undefined): boolean {
    if (found) this.done++;
    return !!found;
  }

  /** Cancels the computation, or takes back a request that waits. */
  async withdraw(run: string, training: FoldTraining): Promise<void> {
    const request = this.#requests.find((one) => one.run === run && one.training === training);
    if (!request) return;
    if (this.of(run, training) === 'running') await this.cancel();
    else this.#remove(request);
  }
}
