import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { ROOT } from '../../scripts/setup/step.ts';
import { TwofoldError } from '../../shared/errors.ts';
import { benchFolder } from './folders.ts';

/** Something that the command line said, and when. */
export interface CliEvent {
  event: string;
  /** Of the clock `performance.now()`. */
  atMs: number;
  fields: Record<string, unknown>;
}

const eventSchema = z.looseObject({ event: z.string() });
const epochSchema = z.object({
  epoch: z.int(),
  durationMs: z.number(),
  loss: z.number(),
  valLoss: z.number(),
  valAccuracy: z.number(),
});
const errorSchema = z.object({ message: z.string() });
const doneSchema = z.object({ peakMemoryBytes: z.number() });

export interface TrainedEpoch extends z.infer<typeof epochSchema> {
  /**
   * From the end of the epoch before to the end of this one as a person waits for it: with the saving in between. Of the
   * first epoch, from the end of its first batch.
   */
  wallMs: number;
}

export interface Trained {
  epochs: TrainedEpoch[];
  /** Highest resident memory of the training process, as it says itself. */
  peakMemoryBytes: number;
}

/** Runs the real command line with `--json`. @param onStart gets the process id */
export async function twofold(
  args: readonly string[],
  onStart: (pid: number) => void = () => undefined,
): Promise<CliEvent[]> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts', 'twofold.mjs'), ...args, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // Graphs that are kept between runs lie beside the benchmarks' pictures, not among the user's data.
    env: { ...process.env, TWOFOLD_HOME: benchFolder('home') },
  });
  if (child.pid !== undefined) onStart(child.pid);
  const events: CliEvent[] = [];
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const { event, ...fields } = eventSchema.parse(JSON.parse(line));
    events.push({ event, atMs: performance.now(), fields });
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return events;
  const said = errorSchema.safeParse(events.find(({ event }) => event === 'error')?.fields);
  const reason = said.success ? said.data.message : stderr.trim();
  throw new TwofoldError('runtime', `"twofold ${args.join(' ')}" ended with exit code ${code}: ${reason}`);
}

/**
 * Imports a folder of pictures into a new project and trains on it as a person would by the command line, in a fresh
 * process, with nothing cached. The project is removed afterwards.
 *
 * @param pictures folder with `train/` and `validation/`, a folder each class
 * @param options of `twofold train`
 */
export async function train(
  pictures: string,
  options: readonly string[],
  onStart?: (pid: number) => void,
): Promise<Trained> {
  const parent = await mkdtemp(join(tmpdir(), 'twofold-bench-'));
  try {
    const project = join(parent, 'bench.twofold');
    await twofold(['import', pictures, '--project', project]);
    return readTraining(await twofold(['train', project, ...options], onStart));
  } finally {
    await rm(parent, { recursive: true, force: true });
  }
}

function readTraining(events: readonly CliEvent[]): Trained {
  let before = events.find(({ event }) => event === 'batch')?.atMs ?? NaN;
  const epochs: TrainedEpoch[] = [];
  for (const { event, atMs, fields } of events) {
    if (event !== 'epoch') continue;
    epochs.push({ ...epochSchema.parse(fields), wallMs: atMs - before });
    before = atMs;
  }
  const done = events.find(({ event }) => event === 'done');
  return { epochs, peakMemoryBytes: doneSchema.parse(done?.fields).peakMemoryBytes };
}
