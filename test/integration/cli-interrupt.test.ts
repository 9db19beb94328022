import { openSync, writeSync, closeSync, existsSync, readdirSync, readFileSync, watch } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { SafetensorsFile } from '../../main/files/safetensors.ts';
import { done, QUICK, run, sampleFolder, start, temporaryFolder, type Event } from '../kit/cli.ts';

const project = path.join(temporaryFolder(), 'interrupt.twofold');
/** Augmented afresh, so that an epoch takes longer than a signal on a busy machine; enough of them to be interrupted. */
const TRAIN = ['train', project, ...QUICK, '--json'];
const EPOCHS = 40;

beforeAll(async () => {
  await done('import', sampleFolder(20), '--project', project);
});

const epochsOf = (events: Event[]): Event[] => events.filter(({ event }) => event === 'epoch');

/** Loss and validation loss by epoch; of an epoch that was trained twice the later one. */
const curve = (...parts: Event[][]): Map<unknown, unknown[]> =>
  new Map(parts.flatMap(epochsOf).map(({ epoch, loss, valLoss }) => [epoch, [loss, valLoss]]));

/** Starts training and calls `then` once, after the given epoch. */
function trainUntil(
  epoch: number,
  then: (pid: number) => void,
  ...options: string[]
): ReturnType<typeof run> {
  let fired = false;
  const { child, finished } = start([...TRAIN, ...options], (event) => {
    if (fired || event.event !== 'epoch' || (event.epoch as number) < epoch) return;
    fired = true;
    then(child.pid!);
  });
  return finished;
}

/** Starts training and kills it as soon as it begins to save its third file. */
async function killWhileSaving(options: readonly string[]): ReturnType<typeof run> {
  const { child, finished } = start([...TRAIN, ...options]);
  const begun = new Set<string>();
  const watcher = watch(path.join(project, 'runs'), { recursive: true }, (_, name) => {
    if (!name?.endsWith('.tmp') || begun.has(name)) return;
    if (begun.add(name).size === 3) process.kill(-child.pid!, 'SIGKILL');
  });
  try {
    return await finished;
  } finally {
    watcher.close();
  }
}

describe('interrupted training', () => {
  let uninterrupted: Map<unknown, unknown[]>;
  beforeAll(async () => {
    uninterrupted = curve((await run(...TRAIN, '--epochs', String(EPOCHS))).events);
    expect(uninterrupted.size).toBe(EPOCHS);
  });

  it('stops after the batch on Ctrl-C, keeps the best epoch, and resumes to the same curve', async () => {
    const stopped = await trainUntil(3, (pid) => process.kill(-pid, 'SIGINT'), '--epochs', String(EPOCHS));
    expect(stopped.code).toBe(0);
    const { end, run: id } = stopped.events.at(-1)!;
    expect(end).toBe('stopped');
    expect(await done('evaluate', project, '--run', id as string)).toMatchObject({ run: id });

    const resumed = await run('train', project, '--resume', id as string, '--json');
    expect(resumed.events.at(-1)).toMatchObject({ end: 'completed', epochs: EPOCHS });
    expect(curve(stopped.events, resumed.events)).toEqual(uninterrupted);
  });

  it('loses nothing that was saved when it is killed, and resumes to the same curve', async () => {
    const killed = await trainUntil(4, (pid) => process.kill(-pid, 'SIGKILL'), '--epochs', String(EPOCHS));
    expect(killed.code).toBeNull();
    const listed = await run('runs', project, '--json');
    const crashed = listed.events.find(({ status }) => status === 'crashed')!;
    expect(crashed.bestEpoch).toBeGreaterThanOrEqual(1);
    expect((await run('predict', project, '--run', crashed.run as string, sampleFolder(1))).code).toBe(0);

    const resumed = await run('train', project, '--resume', '--json');
    expect(resumed.events.at(-1)).toMatchObject({ run: crashed.run, end: 'completed' });
    expect(curve(killed.events, resumed.events)).toEqual(uninterrupted);
  });

  it('can be resumed when it was killed while saving, and leaves nothing half-written', async () => {
    // A checkpoint of 19 MB, so that writing it takes longer than the news of it.
    const larger = ['--units', '128', '--epochs', '12'];
    const whole = curve((await run(...TRAIN, ...larger)).events);
    const halfWritten = (run: string): string[] =>
      readdirSync(path.join(project, 'runs', run)).filter((name) => name.endsWith('.tmp'));
    const kill = async (): Promise<{ events: Event[]; id: string }> => {
      const { events } = await killWhileSaving(larger);
      return { events, id: (await run('runs', project, '--json')).events[0]!.run as string };
    };
    let killed = await kill();
    for (let attempts = 1; halfWritten(killed.id).length === 0; attempts++) {
      expect(attempts, 'every kill came when the file was whole').toBeLessThan(6);
      killed = await kill();
    }
    const { events, id } = killed;
    const resumed = await run('train', project, '--resume', id, '--json');
    expect(resumed.events.at(-1)).toMatchObject({ run: id, end: 'completed', epochs: 12 });
    expect(curve(events, resumed.events)).toEqual(whole);
    expect(halfWritten(id)).toEqual([]);
  });

  it('resumes with its own pictures, labels and split, even if labels have changed since', async () => {
    const stopped = await trainUntil(3, (pid) => process.kill(-pid, 'SIGINT'), '--epochs', String(EPOCHS));
    const { run: id } = stopped.events.at(-1)!;
    const labelled = (await run('labels', project, '--csv', '-')).stdout.split('\n').slice(1, 6);
    await done('label', project, 'smileys', ...labelled.map((row) => row.split(',')[0]!));
    const resumed = await run('train', project, '--resume', id as string, '--json');
    expect(curve(stopped.events, resumed.events)).toEqual(uninterrupted);
    await done('label', project, '--undo');
  });

  it('refuses to change the recipe of a run that is resumed, except how long it trains', async () => {
    const refused = await run('train', project, '--resume', 'r1', '--units', '8');
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/--units can't be changed/)]);
  });

  it('ends at once on a second Ctrl-C, and what was saved can be used', async () => {
    const ended = await trainUntil(
      2,
      (pid) => {
        process.kill(-pid, 'SIGINT');
        setTimeout(() => process.kill(-pid, 'SIGINT'), 20);
      },
      '--epochs',
      '10000',
    );
    // When the batch was short, the first one was enough.
    const last = ended.events.at(-1)!;
    if (last.event === 'error') expect([ended.code, last.code]).toEqual([1, 'cancelled']);
    else expect(last.end).toBe('stopped');
    const [newest] = (await run('runs', project, '--json')).events;
    expect(newest).toMatchObject({ status: 'stopped' });
    expect(await done('evaluate', project, '--run', newest!.run as string)).toMatchObject({ event: 'done' });
  });

  it('ends with the last good epoch when the loss is no longer a number', async () => {
    const stopped = await trainUntil(2, (pid) => process.kill(-pid, 'SIGINT'), '--epochs', String(EPOCHS));
    const { run: id, folder, bestEpoch } = stopped.events.at(-1)!;
    // Weights that overflowed, as a learning rate far too large leaves them.
    const file = await SafetensorsFile.open(path.join(folder as string, 'checkpoint.safetensors'));
    const { startBytes } = file.entry('dense_1/bias');
    const { path: checkpoint } = file;
    await file.close();
    const handle = openSync(checkpoint, 'r+');
    writeSync(handle, Buffer.from(Float32Array.of(NaN).buffer), 0, 4, startBytes);
    closeSync(handle);

    const { code, events, stderr } = await run('train', project, '--resume', id as string, '--json');
    expect(code).toBe(1);
    expect(stderr).toBe('');
    expect(events.at(-1)).toMatchObject({ event: 'done', end: 'diverged', bestEpoch });
    expect(await done('evaluate', project, '--run', id as string)).toMatchObject({ run: id });
  });

  it('leaves no half-written file behind', () => {
    const listing = readFileSync(path.join(project, 'runs/r1/run.json'), 'utf8');
    expect(JSON.parse(listing)).toMatchObject({
      format: 'twofold-run',
      bestEpoch: expect.any(Number) as number,
    });
    expect(existsSync(path.join(project, 'runs/r1/checkpoint.safetensors'))).toBe(false);
  });
});
