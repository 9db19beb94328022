import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { done, QUICK, run, sampleFolder, start, temporaryFolder } from '../kit/cli.ts';

/** A home folder with a name that must not be in a log. */
const home = path.join(temporaryFolder(), 'home', 'wilhelmina');
const project = path.join(home, 'log.twofold');
const before = { HOME: process.env.HOME, NODE_OPTIONS: process.env.NODE_OPTIONS };

beforeAll(async () => {
  await done('import', sampleFolder(6, path.join(home, 'pictures')), '--project', project);
});

afterEach(() => {
  for (const [name, value] of Object.entries(before)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
});

const train = (log: string): string[] => [
  'train',
  project,
  ...QUICK,
  '--epochs',
  '40',
  '--json',
  '--log',
  log,
];

/** The processes that a process started. */
function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

describe('--log', () => {
  it('contains the error of a failing command, without user names', async () => {
    process.env.HOME = home;
    const log = path.join(home, 'logs', 'failed.log');
    const { code, stderr } = await run('train', path.join(home, 'none'), '--log', log);
    expect(code).toBe(1);
    expect(stderr).toContain('wilhelmina');
    const text = readFileSync(log, 'utf8');
    expect(text).toMatch(/^\[[\d: .-]+\] \[info\] {2}\(start\) Twofold \d+\.\d+\.\d+, Node /);
    expect(text).toContain('(command) train ~/none');
    expect(text).toContain('There is no folder ~/none.twofold');
    expect(text).toContain('(command) ended: exit code 1');
    expect(text).not.toContain('wilhelmina');
    await run('labels', project, '--log', log);
    expect(readFileSync(log, 'utf8').startsWith(text), 'a second command appends').toBe(true);
  });

  it('has the stack of an uncaught error of the training process', async () => {
    const preload = path.join(home, 'throw.cjs');
    writeFileSync(
      preload,
      "if (process.send) process.once('message', () => Promise.reject(new Error('provoked in the child')));",
    );
    process.env.NODE_OPTIONS = `--require ${preload}`;
    const log = path.join(home, 'uncaught.log');
    const { code, events } = await run(...train(log));
    expect([code, events.at(-1)?.code]).toEqual([1, 'crashed']);
    const text = readFileSync(log, 'utf8');
    expect(text).toMatch(/\[warn\] {2}\(training process\).* Error: provoked in the child\n/);
    expect(text).toContain('throw.cjs:1:');
    expect(text).toContain('(training process) ended unexpectedly: exit code 1');
    expect(text).toMatch(/\[error\] \(command\) TwofoldError: The training process ended unexpectedly/);
  });

  it('names the signal that killed a training process', async () => {
    const log = path.join(home, 'killed.log');
    let killed = false;
    const { child, finished } = start(train(log), ({ event }) => {
      if (event !== 'epoch' || killed) return;
      killed = true;
      for (const pid of childrenOf(child.pid!)) process.kill(pid, 'SIGKILL');
    });
    const { code } = await finished;
    expect(code).toBe(1);
    const text = readFileSync(log, 'utf8');
    expect(text).toContain('[warn]  (training process) ended unexpectedly: signal SIGKILL');
    expect(text).toContain('(command) ended: exit code 1');
  });

  it('refuses a file that can’t be written before anything is done', async () => {
    mkdirSync(path.join(home, 'a folder'));
    const fresh = path.join(home, 'fresh.twofold');
    const args = ['import', path.join(home, 'pictures'), '--project', fresh];
    const { code, stderr } = await run(...args, '--log', path.join(home, 'a folder'));
    expect(code).toBe(2);
    expect(stderr).toContain('The log can’t be written.');
    expect(existsSync(fresh)).toBe(false);
  });

  it('becomes NAME.old.log at 1 MB', async () => {
    const log = path.join(home, 'long.log');
    writeFileSync(log, 'x'.repeat(1024 ** 2 + 1));
    await run('labels', project, '--log', log);
    expect(readFileSync(path.join(home, 'long.old.log'), 'utf8')).toMatch(/^x+$/);
    expect(readFileSync(log, 'utf8')).toMatch(/^\[/);
  });
});
