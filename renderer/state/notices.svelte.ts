import { toFailure } from '../../shared/errors.ts';

export interface Notice {
  id: number;
  kind: 'error' | 'info';
  text: string;
  /** What can be done next. */
  actions: readonly NoticeAction[];
}

export interface NoticeAction {
  label: string;
  act: () => void;
}

const INFO_MS = 6000;
/** Long enough to choose one of its actions. */
const ACTIONS_MS = 30_000;

/** Sentences for the person that belong to no place: errors stay until they are dismissed, the rest goes by itself. */
export class Notices {
  #next = 1;
  list = $state.raw<Notice[]>([]);

  say(text: string, actions: readonly NoticeAction[] = []): void {
    const id = this.#add('info', text, actions);
    setTimeout(() => this.dismiss(id), actions.length > 0 ? ACTIONS_MS : INFO_MS);
  }

  /** Shows what went wrong; what the person cancelled needs no words. */
  fail(thrown: unknown): void {
    const { code, message } = toFailure(thrown);
    if (code !== 'cancelled') this.#add('error', message);
  }

  /** As `fail`, for what the window reads unasked: that its project, or what it asks about, is gone needs no words. */
  failReading(thrown: unknown): void {
    if (toFailure(thrown).code !== 'not-found') this.fail(thrown);
  }

  /** Runs what a button starts, and shows its error. @returns what came of it, undefined after an error */
  attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    return this.#run(work, (thrown) => this.fail(thrown));
  }

  /** As `attempt`, for what the window reads unasked. */
  read<T>(work: () => Promise<T>): Promise<T | undefined> {
    return this.#run(work, (thrown) => this.failReading(thrown));
  }

  async #run<T>(work: () => Promise<T>, onError: (thrown: unknown) => void): Promise<T | undefined> {
    try {
      return await work();
    } catch (thrown) {
      onError(thrown);
      return undefined;
    }
  }

  dismiss(id: number): void {
    this.list = this.list.filter((notice) => notice.id !== id);
  }

  #add(kind: Notice['kind'], text: string, actions: readonly NoticeAction[] = []): number {
    const id = this.#next++;
    // The same sentence twice says no more.
    this.list = [...this.list.filter((notice) => notice.text !== text), { id, kind, text, actions }];
    return id;
  }
}
