import { isDeepStrictEqual } from 'node:util';
import { unwrap, type Result } from '../../shared/errors.ts';
import type { HeatMap } from '../../shared/heat-map.ts';
import type { HeatMapPicture, HeatMapsJob } from '../../shared/jobs/heat-map.ts';
import { startJob, type AskedJob, type JobProcess } from '../training/supervisor.ts';

/** A run as it is shown, and where its features are cached. */
export type ExplainedRun = Omit<HeatMapsJob, 'kind'>;

/** Time allowed for a process to end by itself; then it is killed. */
const STOP_PATIENCE_MS = 5000;

export interface HeatMapOptions {
  spawn: () => JobProcess;
  /** The process ends, and its memory is freed, this long after the last answer. */
  idleMs: number;
}

interface Question {
  run: ExplainedRun;
  picture: HeatMapPicture;
  resolve: (map: HeatMap | null) => void;
  reject: (reason: unknown) => void;
}

/**
 * Heat maps one by one, by a process that keeps the last run loaded. One picture is worked on at a time; of those asked for
 * meanwhile, only the last is computed, so that leafing through pictures does not pile up work.
 */
export class HeatMaps {
  #session: Session | null = null;
  /** Asked for while another was worked on. */
  #waiting: Question | null = null;
  #isWorking = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(private readonly options: HeatMapOptions) {}

  /** Whether a process is running. */
  get isOpen(): boolean {
    return this.#session !== null;
  }

  /**
   * @returns null if another picture was asked for before this one was begun
   * @throws TwofoldError `not-found` (the run has no model, the picture no file), `bad-picture`, `changed`, `crashed`
   */
  of(run: ExplainedRun, picture: HeatMapPicture): Promise<HeatMap | null> {
    return new Promise((resolve, reject) => {
      this.#waiting?.resolve(null);
      this.#waiting = { run, picture, resolve, reject };
      if (!this.#isWorking) void this.#work();
    });
  }

  /** Ends the process once it has answered. It starts again with the next picture. */
  async end(): Promise<void> {
    clearTimeout(this.#idle);
    const session = this.#session;
    this.#session = null;
    await session?.end();
  }

  /** Wraps a function that starts a process for other work, which needs the memory. */
  aside(spawn: () => JobProcess): () => JobProcess {
    return () => {
      void this.end();
      return spawn();
    };
  }

  async #work(): Promise<void> {
    this.#isWorking = true;
    clearTimeout(this.#idle);
    for (let next = this.#take(); next; next = this.#take()) {
      await this.#answer(next).then(next.resolve, next.reject);
    }
    this.#isWorking = false;
    this.#idle = setTimeout(() => void this.end(), this.options.idleMs);
    this.#idle.unref();
  }

  #take(): Question | null {
    const next = this.#waiting;
    this.#waiting = null;
    return next;
  }

  async #answer({ run, picture }: Question): Promise<HeatMap | null> {
    if (!this.#session?.answersFor(run)) {
      await this.end();
      this.#session = new Session(run, this.options.spawn);
    }
    const session = this.#session;
    try {
      return await session.ask(picture);
    } finally {
      if (session.hasEnded && this.#session === session) this.#session = null;
    }
  }
}

/** A process with one run loaded. */
class Session {
  readonly #job: AskedJob<HeatMapsJob>;
  readonly #answers = new Map<number, (answer: Result<HeatMap>) => void>();
  #asked = 0;
  #hasEnded = false;

  constructor(
    private readonly run: ExplainedRun,
    spawn: () => JobProcess,
  ) {
    this.#job = startJob<HeatMapsJob>(
      { kind: 'heat-maps', ...run },
      {
        spawn,
        onEvent: (event) => {
          if (event.type === 'heat-map') this.#answers.get(event.number)?.(event.answer);
        },
      },
    );
    const end = (): void => void (this.#hasEnded = true);
    this.#job.result.then(end, end);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  answersFor(run: ExplainedRun): boolean {
    return !this.#hasEnded && isDeepStrictEqual(run, this.run);
  }

  /** @returns null if the process was stopped before it answered */
  async ask(picture: HeatMapPicture): Promise<HeatMap | null> {
    const number = ++this.#asked;
    const answered = new Promise<Result<HeatMap>>((resolve) => this.#answers.set(number, resolve));
    this.#job.ask({ number, picture });
    const answer = await Promise.race([answered, this.#job.result.then(() => null)]);
    this.#answers.delete(number);
    return answer && unwrap(answer);
  }

  async end(): Promise<void> {
    this.#job.stop();
    const impatient = setTimeout(() => this.#job.kill(), STOP_PATIENCE_MS);
    await this.#job.result.catch(() => undefined);
    clearTimeout(impatient);
  }
}
