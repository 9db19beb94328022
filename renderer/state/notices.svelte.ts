import type { CallName } from '../../shared/contract.ts';
import { toFailure, type ErrorCode } from '../../shared/errors.ts';
import type { Client } from './client.ts';

export interface Notice {
  id: number;
  kind: 'error' | 'info';
  text: string;
  /** What can be done next. */
  actions: readonly NoticeAction[];
  /** The call that failed: its next success ends the notice. */
  cause: CallName | null;
}

export interface NoticeAction {
  label: string;
  act: () => void;
}

/** What a person can do about an error, by its code and the call that failed. */
export type NextSteps = (code: ErrorCode, cause: CallName | null) => readonly NoticeAction[];

const INFO_MS = 6000;
/** Long enough to choose one of its actions. */
const ACTIONS_MS = 30_000;

/**
 * Messages that belong to no place. Errors stay until their cause ends, another project is opened, or they are
 * dismissed; other messages go by themselves.
 */
export class Notices {
  #next = 1;
  readonly #causes = new WeakMap<object, CallName>();
  list = $state.raw<Notice[]>([]);

  constructor(private readonly nextSteps: NextSteps = () => []) {}

  say(text: string, actions: readonly NoticeAction[] = []): void {
    const id = this.#add({ kind: 'info', text, actions, cause: null });
    setTimeout(() => this.dismiss(id), actions.length > 0 ? ACTIONS_MS : INFO_MS);
  }

  /** Shows an error, unless the person cancelled. @param cause the call that it comes from, where it was not thrown by it */
  fail(thrown: unknown, cause: CallName | null = null): void {
    const { code, message } = toFailure(thrown);
    if (code === 'cancelled') return;
    const blamed = cause ?? this.#causes.get(Object(thrown) as object) ?? null;
    this.#add({ kind: 'error', text: message, actions: this.nextSteps(code, blamed), cause: blamed });
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

  /** For another project: what was said of the one before does not concern it. */
  clear(): void {
    this.list = [];
  }

  /** The client, whose calls end the errors that they caused: a call when it succeeds, a job when it is started again. */
  follow(client: Client): Client {
    return {
      ...client,
      call: async (name, ...payload) => {
        if (STARTS.test(name)) this.#end((cause) => STARTS.test(cause) && domainOf(cause) === domainOf(name));
        try {
          const answer = await client.call(name, ...payload);
          this.#end((cause) => cause === name);
          return answer;
        } catch (thrown) {
          this.#causes.set(Object(thrown) as object, name);
          throw thrown;
        }
      },
    };
  }

  #end(isOver: (cause: CallName) => boolean): void {
    const left = this.list.filter(({ cause }) => cause === null || !isOver(cause));
    if (left.length < this.list.length) this.list = left;
  }

  #add(notice: Omit<Notice, 'id'>): number {
    const id = this.#next++;
    // The same message is not shown twice.
    this.list = [...this.list.filter(({ text }) => text !== notice.text), { id, ...notice }];
    return id;
  }
}

/** Calls that start a job. */
const STARTS = /\.(start|continue)$/;

const domainOf = (name: CallName): string => name.split('.', 1)[0]!;
