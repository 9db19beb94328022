import type { EventPayload } from '../../shared/contract.ts';
import { TwofoldError } from '../../shared/errors.ts';
import type { Client } from './client.ts';
import type { Notices } from './notices.svelte.ts';

type Domain =
  | 'weights'
  | 'import'
  | 'predict'
  | 'evaluate'
  | 'export'
  | 'storage'
  | 'folds'
  | 'search'
  | 'cross'
  | 'map'
  | 'report';

/**
 * Long work of which main does one at a time: whether it is under way and how far it is. It ends with its project: what is
 * answered after another one was opened concerns nobody any more.
 */
export class Task<Of extends Domain> {
  running = $state(false);
  cancelling = $state(false);
  progress = $state.raw<EventPayload<`${Of}.progress`> | null>(null);
  readonly #domain: Domain;
  #turn = 0;

  /** @param busy what is said when it is asked for again meanwhile */
  constructor(
    protected readonly client: Client,
    protected readonly notices: Notices,
    domain: Of,
    private readonly busy: string,
  ) {
    this.#domain = domain;
    client.on(`${domain}.progress`, (progress) => {
      if (this.running) this.progress = progress;
    });
  }

  /** For another project, or none. */
  protected forget(): void {
    this.#turn++;
    this.running = false;
    this.cancelling = false;
    this.progress = null;
  }

  /**
   * Does the work unless some is under way, which is said then.
   *
   * @param onError told what went wrong; default: a notice
   * @returns what came of it; undefined after an error, and where another project was opened meanwhile
   */
  protected async perform<T>(
    work: () => Promise<T>,
    onError: (thrown: unknown) => void = (thrown) => this.notices.fail(thrown),
  ): Promise<T | undefined> {
    if (this.running) {
      this.notices.fail(new TwofoldError('busy', this.busy));
      return undefined;
    }
    const turn = ++this.#turn;
    this.running = true;
    this.cancelling = false;
    this.progress = null;
    const outcome = await work().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (turn !== this.#turn) return undefined;
    this.running = false;
    this.cancelling = false;
    if ('value' in outcome) return outcome.value;
    onError(outcome.error);
    return undefined;
  }

  /**
   * Follows what is under way already, where something is: the window was loaded anew.
   *
   * @param find how far it is; null where nothing is under way
   * @param result as `work` of `perform`
   */
  protected async adopt<State extends Pick<this, 'progress' | 'cancelling'>, T>(
    find: () => Promise<State | null>,
    result: (found: State) => Promise<T>,
  ): Promise<T | undefined> {
    const turn = this.#turn;
    const found = await this.notices.read(find);
    if (!found || turn !== this.#turn) return undefined;
    const done = this.perform(() => result(found));
    this.progress = found.progress;
    this.cancelling = found.cancelling;
    return done;
  }

  async cancel(): Promise<void> {
    this.cancelling = true;
    await this.client.call(`${this.#domain}.cancel`);
  }
}
