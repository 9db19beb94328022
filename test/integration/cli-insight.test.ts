import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { done, run, SAMPLES, start, temporaryFolder } from '../kit/cli.ts';

const folder = temporaryFolder();
const project = path.join(folder, 'p');
const pictures = path.join(folder, 'pictures');
const names = ['flags', 'smileys'] as const;
const at = (name: string): string => path.join(pictures, name);

/** 30 pictures of each class in one folder without labels, named after their class. */
beforeAll(async () => {
  mkdirSync(pictures);
  for (const name of names) {
    for (const file of readdirSync(path.join(SAMPLES, name)).sort().slice(0, 30)) {
      cpSync(path.join(SAMPLES, name, file), at(`${name}-${file}`));
    }
  }
  await done('import', pictures, '--project', project);
});

const inFolder = (name: string): string[] => readdirSync(pictures).filter((file) => file.startsWith(name));
const classOf = (file: unknown): string => path.basename(String(file)).split('-')[0]!;

describe('the index', () => {
  it('continues where it was killed', async () => {
    const killed = start(['index', project, '--json'], ({ event, done: finished }) => {
      if (event === 'progress' && Number(finished) >= 20) process.kill(-killed.child.pid!, 'SIGKILL');
    });
    await killed.finished;
    const before = await done('index', project, '--state');
    expect(before).toMatchObject({ total: 60 });
    expect(before.indexed).toBeGreaterThanOrEqual(20);
    expect(before.indexed).toBeLessThan(60);
    expect(await done('index', project)).toMatchObject({
      total: 60,
      indexed: 60,
      added: 60 - Number(before.indexed),
    });
    expect(await done('index', project)).toMatchObject({ added: 0 });
  });
});

describe('with labels of a few pictures', () => {
  it('nothing is suggested before there are two of each class', async () => {
    const { code, stderr } = await run('suggest', project);
    expect(code).toBe(1);
    expect(stderr).toContain(
      'at least 2 labelled pictures of each class outside the test set; there are 0 and 0',
    );
  });

  it('"next" lists typical pictures of both kinds', async () => {
    const { events } = await run('next', project, '--count', '8', '--json');
    const listed = events.filter(({ event }) => event === 'next').map((event) => event.path);
    expect(listed).toHaveLength(8);
    expect(new Set(listed.map(classOf))).toEqual(new Set(names));
  });

  it('most suggestions are correct, most certain first, and nothing is labelled', async () => {
    for (const [index, name] of names.entries()) {
      await done('label', project, String(index), ...inFolder(name).slice(0, 12).map(at));
    }
    const { events } = await run('suggest', project, '--json');
    const suggestions = events.filter(({ event }) => event === 'suggestion');
    expect(suggestions).toHaveLength(36);
    const probabilities = suggestions.map(({ probability }) => Number(probability));
    expect(probabilities).toEqual(probabilities.toSorted((a, b) => b - a));
    const labels = await done('labels', project);
    expect(labels).toMatchObject({ unlabelled: 36 });
    // "Class A" was given to flags.
    const right = suggestions.filter(
      (one) => (one.class === 'Class A' ? 'flags' : 'smileys') === classOf(one.path),
    );
    expect(right.length).toBeGreaterThan(25);
  });

  it('nothing is accepted if the classes are swapped meanwhile', async () => {
    const copy = path.join(folder, 'swapped.twofold');
    cpSync(`${project}.twofold`, copy, { recursive: true });
    rmSync(path.join(copy, 'cache', 'index'), { recursive: true });
    let isStopped = false;
    const suggesting = start(['suggest', copy, '--accept', '0.5', '--json'], ({ event, stage }) => {
      if (event !== 'progress' || stage !== 'indexing' || isStopped) return;
      isStopped = true;
      const group = -suggesting.child.pid!;
      process.kill(group, 'SIGSTOP');
      void done('labels', copy, '--swap').finally(() => process.kill(group, 'SIGCONT'));
    });
    const { code, events } = await suggesting.finished;
    expect(code).toBe(1);
    expect(events.at(-1)).toMatchObject({ event: 'error', code: 'changed' });
    expect(events.some(({ event }) => event === 'suggestion')).toBe(false);
    expect(await done('labels', copy)).toMatchObject({ unlabelled: 36 });
  });

  it('nothing is suggested for the test set', async () => {
    const held = inFolder('smileys').slice(20).map(at);
    await done('split', project, 'test', ...held);
    const { events } = await run('suggest', project, '--json');
    const listed = events.filter(({ event }) => event === 'suggestion').map((event) => event.path);
    expect(listed).toHaveLength(36 - held.length);
    for (const file of held) expect(listed).not.toContain(file);
    const next = (await run('next', project, '--count', '100', '--json')).events.map((event) => event.path);
    for (const file of held) expect(next).not.toContain(file);
    await done('split', project, 'none', ...held);
  });

  it('suggestions as CSV can be written to a pipe', async () => {
    const pipe = path.join(folder, 'pipe');
    execFileSync('mkfifo', [pipe]);
    const read = promisify(execFile)('cat', [pipe]);
    await done('suggest', project, '--csv', pipe);
    expect((await read).stdout.split('\n')[0]).toBe('path,class,probability');
    expect(statSync(pipe).isFIFO()).toBe(true);
  });

  it('"suggest --accept" labels the most certain ones as one undo step', async () => {
    const accepted = await done('suggest', project, '--accept', '0.8');
    expect(accepted.accepted).toBeGreaterThan(0);
    expect(await done('labels', project)).toMatchObject({ unlabelled: 36 - Number(accepted.accepted) });
    const csv = path.join(folder, 'labels.csv');
    await done('labels', project, '--csv', csv);
    expect(readFileSync(csv, 'utf8')).toContain(',suggested\n');
    await done('label', project, '--undo');
    expect(await done('labels', project)).toMatchObject({ unlabelled: 36 });
    const refused = await run('suggest', project, '--accept', '95');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('--accept: expected a number from 0.5 to 1, received 95');
  });

  it('"errors" finds labels that were flipped', async () => {
    for (const [index, name] of names.entries()) {
      await done('label', project, String(index), ...inFolder(name).map(at));
    }
    const flipped = [inFolder('flags')[3]!, inFolder('smileys')[5]!].map(at);
    await done('label', project, '1', flipped[0]!);
    await done('label', project, '0', flipped[1]!);
    const { events } = await run('errors', project, '--json', '--count', '60');
    const suspects = events.filter(({ event }) => event === 'suspect').map((event) => event.path);
    for (const file of flipped) expect(suspects).toContain(file);
    const chance = suspects.length / 60;
    expect(chance).toBeLessThan(0.5);
    await done('label', project, '--undo');
    await done('label', project, '--undo');
  });
});

describe('similar pictures', () => {
  it('are listed without the picture itself, most similar first; unknown pictures are refused by name', async () => {
    const { events } = await run('similar', project, at(inFolder('smileys')[0]!), '--count', '5', '--json');
    const found = events.filter(({ event }) => event === 'similar');
    expect(found).toHaveLength(5);
    expect(found.map(({ path: file }) => file)).not.toContain(at(inFolder('smileys')[0]!));
    const values = found.map(({ similarity }) => Number(similarity));
    expect(values).toEqual(values.toSorted((a, b) => b - a));
    const { code, stderr } = await run('similar', project, '/nowhere.jpg');
    expect(code).toBe(1);
    expect(stderr).toContain('/nowhere.jpg is not in this project');
  });
});

it('is built again after the cache was deleted', async () => {
  rmSync(path.join(`${project}.twofold`, 'cache', 'index'), { recursive: true });
  expect(await done('index', project, '--state')).toMatchObject({ indexed: 0, total: 60 });
});
