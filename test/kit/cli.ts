import { spawn, type ChildProcess } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** Runs the real command line in a process of its own, as a person or a program would. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const BIN = path.join(ROOT, 'scripts/twofold.mjs');
export const SAMPLES = path.join(ROOT, '.cache/samples');
/** Three pictures that are not among the samples: grinning-cat, jamaica, nerd-face. */
export const UNSEEN = path.join(ROOT, '.cache/unseen');

/**
 * A recipe whose base and head take moments: the shallowest cut of the smallest input. Near-duplicates are not looked for,
 * which needs the index.
 */
export const QUICK = [
  ...['--cut', 'mixed0', '--size', '75', '--units', '16', '--learning-rate', '0.001'],
  '--no-group-duplicates',
];

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A temporary folder, removed after the test file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'twofold-cli-'));
  made.push(folder);
  return folder;
}

/** `perClass` of the sample pictures of each class, in folders named as the classes. */
export function sampleFolder(perClass: number, target = path.join(temporaryFolder(), 'pictures')): string {
  for (const name of ['flags', 'smileys']) {
    mkdirSync(path.join(target, name), { recursive: true });
    for (const file of readdirSync(path.join(SAMPLES, name)).sort().slice(0, perClass)) {
      cpSync(path.join(SAMPLES, name, file), path.join(target, name, file));
    }
  }
  return target;
}

export type Event = { event: string } & Record<string, unknown>;

export interface Finished {
  code: number | null;
  stdout: string;
  stderr: string;
  /** With `--json`: every line of standard output, parsed. */
  events: Event[];
}

export interface Running {
  child: ChildProcess;
  finished: Promise<Finished>;
  /** Ctrl-C, once: a second one would end the command at once. */
  interrupt: () => void;
}

/** Starts a command. @param onEvent called with each JSON line as it comes */
export function start(args: readonly string[], onEvent?: (event: Event) => void, cwd = tmpdir()): Running {
  const child = spawn(process.execPath, [BIN, ...args], { cwd, detached: true });
  let [stdout, stderr, seen] = ['', '', 0];
  const events: Event[] = [];
  const isJson = args.includes('--json');
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    if (!isJson) return;
    for (let end = stdout.indexOf('\n', seen); end >= 0; end = stdout.indexOf('\n', seen)) {
      const event = JSON.parse(stdout.slice(seen, end)) as Event;
      seen = end + 1;
      events.push(event);
      onEvent?.(event);
    }
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const finished = new Promise<Finished>((resolve) =>
    child.on('close', (code) => resolve({ code, stdout, stderr, events })),
  );
  let isInterrupted = false;
  const interrupt = (): void => {
    if (!isInterrupted) process.kill(-child.pid!, 'SIGINT');
    isInterrupted = true;
  };
  return { child, finished, interrupt };
}

export const run = (...args: string[]): Promise<Finished> => start(args).finished;

/** Runs a command with `--json`, expects it to succeed, and gives its last line. */
export async function done(...args: string[]): Promise<Event> {
  const { code, stderr, events } = await run(...args, '--json');
  if (code !== 0)
    throw new Error(
      `twofold ${args.join(' ')} ended with ${code}: ${stderr} ${JSON.stringify(events.at(-1))}`,
    );
  return events.at(-1)!;
}
