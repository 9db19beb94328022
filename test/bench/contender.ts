import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { entry } from '../../main/support/entry.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { TENSORFLOW_ENV } from '../../main/jobs/child.ts';
import { MARK } from './contenders/serve.ts';

/**
 * The environment in which somebody would run TensorFlow who has not read of its pooled allocator, nor of huge pages. `0`
 * rather than nothing, since `main/model/tensorflow.ts` turns it on where nothing is set.
 */
export const DEFAULT_ENV = {
  ...TENSORFLOW_ENV,
  TF_CPU_ALLOCATOR_USE_BFC: '0',
  GLIBC_TUNABLES: process.env.GLIBC_TUNABLES ?? '',
} as const;

const measured = z.object({ samples: z.array(z.number()), cpuMs: z.array(z.number()).default([]) });
/** Of each time that a contender did its work: the figure, and the CPU time of its process in all threads. */
export type Measured = z.infer<typeof measured>;
const STDERR_TAIL = 2000;

interface Waiting {
  resolve: (answer: unknown) => void;
  reject: (error: Error) => void;
}

/**
 * A process that does one kind of work whenever it is asked to, so that two of them can be measured in turns on a machine
 * whose speed changes. It is asked by a line of JSON on its standard input and answers with one on its standard output
 * that begins with `MARK`; whatever else it prints is passed over.
 */
export class Contender {
  #waiting: Waiting | undefined;
  #stderr = '';
  #ended = false;

  private constructor(
    readonly name: string,
    private readonly child: ChildProcessWithoutNullStreams,
  ) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.startsWith(MARK)) return;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      waiting?.resolve(JSON.parse(line.slice(MARK.length)));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL);
    });
    // Writing to a process that is gone fails; its end is what is reported.
    child.stdin.on('error', () => undefined);
    child.once('error', (error) => this.#end(error.message));
    child.once('close', (code, signal) => this.#end(signal ?? `exit code ${code}`));
  }

  /** Runs `contenders/NAME.ts` in Node. Resolves when it is ready. */
  static async node(
    name: string,
    options: object,
    env: Readonly<Record<string, string>>,
  ): Promise<Contender> {
    const { path, execArgv } = entry(import.meta.url, `./contenders/${name}.ts`);
    return Contender.start(name, process.execPath, [...execArgv, path, JSON.stringify(options)], env);
  }

  /** Runs any program that speaks the protocol. Resolves when it is ready. */
  static async start(
    name: string,
    program: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Contender> {
    const contender = new Contender(
      name,
      spawn(program, args, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] }),
    );
    await contender.#answer();
    return contender;
  }

  async ask<T>(request: object, schema: z.ZodType<T>): Promise<T> {
    const answer = this.#answer();
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    return schema.parse(await answer);
  }

  /** Does its work `repeat` times. @returns a figure for each, in the contender's unit */
  async measure(repeat: number): Promise<number[]> {
    return (await this.measureWithCpu(repeat)).samples;
  }

  measureWithCpu(repeat: number): Promise<Measured> {
    return this.ask({ repeat }, measured);
  }

  async close(): Promise<void> {
    if (this.#ended) return;
    const closed = once(this.child, 'close');
    this.child.stdin.end();
    const patience = setTimeout(() => this.child.kill('SIGKILL'), 10_000);
    await closed;
    clearTimeout(patience);
  }

  #answer(): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended) reject(this.#failure('it had ended'));
      this.#waiting = { resolve, reject };
    });
  }

  #end(reason: string): void {
    this.#ended = true;
    this.#waiting?.reject(this.#failure(reason));
    this.#waiting = undefined;
  }

  #failure(reason: string): TwofoldError {
    const said = this.#stderr.trim();
    return new TwofoldError(
      'runtime',
      `${this.name} ended early (${reason})${said === '' ? '.' : `:\n${said}`}`,
    );
  }
}

export interface Turn {
  contender: Contender;
  /** How often it does its work each turn. */
  repeat: number;
}

/**
 * Measures contenders in turns, A B A B …, after one turn of each that does not count.
 *
 * @returns all figures of each, in the order of `turns`
 */
export async function takeTurns(turns: readonly Turn[], rounds: number): Promise<number[][]> {
  return (await takeTurnsWithCpu(turns, rounds)).map(({ samples }) => samples);
}

/** `takeTurns` with the CPU times. */
export async function takeTurnsWithCpu(turns: readonly Turn[], rounds: number): Promise<Measured[]> {
  const all = turns.map((): Measured => ({ samples: [], cpuMs: [] }));
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { contender, repeat }] of turns.entries()) {
      const { samples, cpuMs } = await contender.measureWithCpu(round === 0 ? Math.min(repeat, 3) : repeat);
      if (round === 0) continue;
      all[index]!.samples.push(...samples);
      all[index]!.cpuMs.push(...cpuMs);
    }
  }
  return all;
}

/** Uses contenders and ends them, whatever happens. They are started one after the other, so that none waits for another. */
export async function withContenders<T>(
  starts: readonly (() => Promise<Contender>)[],
  use: (contenders: Contender[]) => Promise<T>,
): Promise<T> {
  const contenders: Contender[] = [];
  try {
    for (const start of starts) contenders.push(await start());
    return await use(contenders);
  } finally {
    await Promise.all(contenders.map((contender) => contender.close()));
  }
}
