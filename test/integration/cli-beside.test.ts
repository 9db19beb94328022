import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { BIN, done, QUICK, run, sampleFolder, start, temporaryFolder, UNSEEN } from '../kit/cli.ts';

/** Commands beside other programs: while one has the project open, after one died, and before one that reads no further. */

const folder = temporaryFolder();
const project = path.join(folder, 'p.twofold');
const log = path.join(project, 'library.db-wal');

beforeAll(async () => {
  await done('import', sampleFolder(8), '--project', project);
  await done('train', project, ...QUICK, '--epochs', '2', '--no-augment');
});

const HOLDER = fileURLToPath(new URL('../kit/project-holder.ts', import.meta.url));

/** Starts a program that has the project open; it is killed when the test is over. */
async function hold(at = project, writing = false): Promise<ChildProcess> {
  const holder = spawn(process.execPath, ['--import', 'tsx', HOLDER, at, ...(writing ? ['writing'] : [])], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => kill(holder));
  await new Promise<void>((open, fail) => {
    holder.stdout.once('data', () => open());
    holder.once('exit', (code) => fail(new Error(`The holder ended with ${code}.`)));
  });
  return holder;
}

async function kill(holder: ChildProcess): Promise<void> {
  if (holder.exitCode !== null || holder.signalCode !== null) return;
  const gone = new Promise((resolve) => holder.once('exit', resolve));
  holder.kill('SIGKILL');
  await gone;
}

/** Every command that only reads, with what each has to say of the holder's label. */
async function readEverything(at = project): Promise<void> {
  expect(await done('predict', at, UNSEEN)).toMatchObject({ predicted: 3, failed: 0 });
  expect(await done('labels', at)).toMatchObject({ skipped: 1 });
  expect(await done('runs', at)).toMatchObject({ runs: 1 });
  expect((await run('labels', at, '--csv', '-')).stdout).toContain(',skipped,');
  expect(await done('evaluate', at)).toMatchObject({ run: 'r1' });
  const out = path.join(temporaryFolder(), 'labels');
  expect(await done('export', at, '--format', 'labels', '--out', out)).toMatchObject({ folder: out });
}

describe('a project that another program has open', () => {
  it('is read with its newest changes', async () => {
    await hold();
    expect(existsSync(log)).toBe(true);
    await readEverything();
  });

  it('is read without waiting while the other program writes', async () => {
    await hold(project, true);
    expect(await done('predict', project, UNSEEN)).toMatchObject({ predicted: 3 });
    expect(await done('labels', project)).toMatchObject({ skipped: 1 });
    expect(await done('runs', project)).toMatchObject({ runs: 1 });
  });

  it('is read while it is trained', async () => {
    let predicted: Promise<unknown> | undefined;
    const training = start(['train', project, ...QUICK, '--epochs', '4000', '--json'], ({ event }) => {
      if (event === 'epoch') predicted ??= done('predict', project, '--run', 'r1', UNSEEN);
    });
    while (!predicted) await new Promise((wait) => setTimeout(wait, 50));
    expect(await predicted).toMatchObject({ predicted: 3 });
    process.kill(-training.child.pid!, 'SIGINT');
    expect((await training.finished).events.at(-1)).toMatchObject({ event: 'done', end: 'stopped' });
    await done('runs', project, '--run', 'r2', '--delete');
  });
});

describe('a project whose program died', () => {
  it('is read with everything that program had saved', async () => {
    await kill(await hold());
    expect(existsSync(log)).toBe(true);
    expect(await done('predict', project, UNSEEN)).toMatchObject({ predicted: 3 });
    expect(await done('labels', project)).toMatchObject({ skipped: 1 });
  });

  it('is read where nothing may be written, even without the shared memory of the program', async (context) => {
    const disk = path.join(temporaryFolder(), 'disk');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', disk], { stdio: 'pipe' });
    } catch {
      context.skip('Mounting a disk needs root on Linux.');
    }
    onTestFinished(() => {
      execFileSync('umount', ['-l', disk]);
    });
    const remount = (options: string): Buffer => execFileSync('mount', ['-o', `remount,${options}`, disk]);
    execFileSync('cp', ['-r', project, disk]);
    const moved = path.join(disk, 'p.twofold');
    await kill(await hold(moved));
    for (const keptMemory of [true, false]) {
      if (!keptMemory) rmSync(`${moved}/library.db-shm`);
      remount('ro');
      const before = readdirSync(moved);
      expect(before).toContain('library.db-wal');
      if (keptMemory) await readEverything(moved);
      else expect(await done('labels', moved)).toMatchObject({ skipped: 1 });
      expect(readdirSync(moved)).toEqual(before);
      remount('rw');
    }
  });
});

describe('a reader that closes the pipe', () => {
  /** Runs a command whose output is read up to the first line. */
  function head(...args: string[]): Promise<{ code: number | null; stderr: string }> {
    const child = spawn(process.execPath, [BIN, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.once('data', () => child.stdout.destroy());
    return new Promise((resolve) => child.once('close', (code) => resolve({ code, stderr })));
  }

  it('ends training as Ctrl-C does: the best epoch is kept and the run can be resumed', async () => {
    let seen = 0;
    const child = spawn(process.execPath, [BIN, 'train', project, ...QUICK, '--epochs', '4000', '--json'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stderr = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('"event":"epoch"') && ++seen === 2) child.stdout.destroy();
    });
    const code = await new Promise((resolve) => child.once('close', resolve));
    expect([code, stderr]).toEqual([0, '']);
    const [newest] = (await run('runs', project, '--json')).events;
    expect(newest).toMatchObject({ status: 'stopped', error: null });
    const id = newest!.run as string;
    expect(await done('predict', project, '--run', id, UNSEEN)).toMatchObject({ predicted: 3 });
    const more = String((newest!.bestEpoch as number) + 3000);
    const resumed = start(['train', project, '--resume', id, '--epochs', more, '--json'], ({ event }) => {
      if (event === 'epoch') resumed.interrupt();
    });
    expect((await resumed.finished).events.at(-1)).toMatchObject({ run: id, end: 'stopped' });
    await done('runs', project, '--run', id, '--delete');
  });

  it('before the first epoch is complete: said in a sentence, and exit code 1, as on Ctrl-C', async () => {
    const { code, stderr } = await head('train', project, ...QUICK, '--epochs', '4000');
    expect(code).toBe(1);
    expect(stderr).toContain('The reader of the output has ended.');
    expect(stderr).toContain('Stopping after this batch and keeping the best epoch');
    expect(stderr).not.toMatch(/\n\s+at |EPIPE/);
    const [newest] = (await run('runs', project, '--json')).events;
    expect(newest).toMatchObject({ status: 'stopped' });
    await done('runs', project, '--run', newest!.run as string, '--delete');
  });

  it.each([
    ['runs', project],
    ['labels', project, '--csv', '-'],
    ['predict', project, UNSEEN, '--csv', '-'],
    ['summary'],
    ['--help'],
  ])('%s ends in silence', async (...args) => {
    const { code, stderr } = await head(...args);
    expect(code).toBe(0);
    expect(stderr.replace(/^(?:predicting|Above a probability) .*\n/gm, '')).toBe('');
  });

  it('both streams closed: no stack trace, and training stops cleanly', async () => {
    const command = `"${process.execPath}" "${BIN}" train "${project}" ${QUICK.join(' ')} --epochs 4000 2>&1`;
    const script = `{ ${command}; echo $? > "${folder}/code"; } | head -1`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).toMatch(/^Run r\d+\n$/);
    expect(execFileSync('cat', [path.join(folder, 'code')], { encoding: 'utf8' })).toBe('1\n');
    expect((await run('runs', project, '--json')).events[0]).toMatchObject({ status: 'stopped' });
  });
});

it.runIf(existsSync('/dev/full'))('output that can’t be written is a failure', () => {
  const script = `"${process.execPath}" "${BIN}" runs "${project}" > /dev/full; echo $?`;
  expect(execFileSync('sh', ['-c', script], { encoding: 'utf8', stdio: 'pipe' })).toBe('1\n');
});
