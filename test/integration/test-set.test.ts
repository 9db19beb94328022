import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  averagePrecision,
  confusion,
  crossEntropyOfLogit,
  logit,
  rocAuc,
  wilson,
} from '../../shared/metrics.ts';
import { done, QUICK, run, sampleFolder, start, temporaryFolder } from '../kit/cli.ts';

/** The test set from the import to the evaluation, on the command line. */

const folder = temporaryFolder();
const project = path.join(folder, 'sample.twofold');
const pictures = sampleFolder(14, path.join(folder, 'pictures'));
const train = ['train', project, ...QUICK, '--no-augment', '--seed', '3'];

interface Row {
  path: string;
  label: string;
  split: string;
}

async function labelled(): Promise<Row[]> {
  return parse((await run('labels', project, '--csv', '-')).stdout, { columns: true });
}

/** Paths of the pictures that a run was trained or validated on, as its folder has them. */
function learned(id: string): string[] {
  const file = readFileSync(path.join(project, 'runs', id, 'pictures.csv'));
  return parse<Row>(file, { columns: true }).map((row) => row.path);
}

/** Four of each class. */
let tested: string[];
let rest: string[];

beforeAll(async () => {
  await done('import', pictures, '--project', project);
  const all = (await labelled()).map((row) => row.path);
  tested = all.filter((_, index) => index % 14 < 4);
  rest = all.filter((file) => !tested.includes(file));
  expect(await done('split', project, 'test', ...tested)).toMatchObject({ changed: 8, test: 8 });
});

describe('the test set', () => {
  it('is counted, and listed in labels.csv', async () => {
    expect(await done('labels', project)).toMatchObject({ total: 28, test: 8, testClasses: [4, 4] });
    expect((await run('labels', project)).stdout).toMatch(/in the test set\s+8/);
    const rows = await labelled();
    expect(rows.filter(({ split }) => split === 'test').map((row) => row.path)).toEqual(tested);
  });

  it('is used for neither training nor validation, and evaluating before training says so', async () => {
    const none = await run('evaluate', project, '--on', 'test');
    expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/no trained run/)]);
    const { code, events } = await run(...train, '--epochs', '2', '--json');
    expect(code).toBe(0);
    const split = events.find(({ event }) => event === 'split')!;
    expect(split).toMatchObject({ train: [8, 8], validation: [2, 2], test: [4, 4] });
    expect(learned('r1').sort()).toEqual([...rest].sort());
    const validation = await done('evaluate', project);
    expect(validation).toMatchObject({ on: 'validation', count: 4, seen: 0 });
  });

  it('gives the same predictions as predict, and stores the evaluation with the run', async () => {
    const evaluated = await done('evaluate', project, '--on', 'test', '--threshold', '0.4');
    expect(evaluated).toMatchObject({
      run: 'r1',
      on: 'test',
      count: 8,
      threshold: 0.4,
      seen: 0,
      leftOut: [],
    });
    const predicted = await run('predict', project, ...tested, '--csv', '-');
    const labels = new Map(
      (await labelled()).map((row) => [row.path, row.label === 'smileys' ? 1 : 0] as const),
    );
    const scored = parse<{ path: string; probability: string }>(predicted.stdout, { columns: true }).map(
      (row) => ({ probability: Number(row.probability), label: labels.get(row.path)! }),
    );
    expect(scored).toHaveLength(8);
    const counts = confusion(scored, 0.4);
    expect(evaluated.confusion).toEqual(counts);
    expect(evaluated.accuracy).toEqual(wilson(counts[0][0] + counts[1][1], 8));
    expect(evaluated.rocAuc).toBeCloseTo(rocAuc(scored)!, 6);
    expect(evaluated.averagePrecision).toBeCloseTo(averagePrecision(scored)!, 6);
    const loss =
      scored.reduce((sum, one) => sum + crossEntropyOfLogit(logit(one.probability), one.label), 0) / 8;
    expect(evaluated.loss).toBeCloseTo(loss, 3);
    const shown = await done('runs', project, '--run', 'r1');
    // A threshold for once is not that of what is kept.
    const usual = confusion(scored, 0.5);
    expect(shown.test).toMatchObject({
      isCurrent: true,
      seen: 0,
      leftOut: 0,
      evaluation: {
        count: 8,
        threshold: 0.5,
        confusion: usual,
        accuracy: wilson(usual[0][0] + usual[1][1], 8),
        loss: evaluated.loss,
      },
    });
    const { stdout } = await run('runs', project, '--run', 'r1');
    expect(stdout).toMatch(/Test set: accuracy .* at a threshold of 0\.5 on 8 pictures, evaluated \d{4}-/);
    expect(stdout).not.toMatch(/have changed/);
  });

  it('is kept by every export', async () => {
    const out = (format: string): string => path.join(folder, format);
    const write = (format: string) => done('export', project, '--format', format, '--out', out(format));
    await write('folders');
    const listed = parse<Row & { file: string }>(readFileSync(path.join(out('folders'), 'folders.csv')), {
      columns: true,
    });
    expect(listed.filter(({ split }) => split === 'test').map((row) => row.path)).toEqual(tested);
    for (const { file, split, label } of listed) expect(path.dirname(file)).toBe(`${split}/${label}`);
    expect(readdirSync(path.join(out('folders'), 'test', 'smileys'))).toHaveLength(4);
    expect(readFileSync(path.join(out('folders'), 'README.md'), 'utf8')).toMatch(/\| test +\| 4 +\| 4 +\|/);

    await write('labels');
    const labels = parse<Row>(readFileSync(path.join(out('labels'), 'labels.csv')), { columns: true });
    expect(labels.filter(({ split }) => split === 'test').map((row) => row.path)).toEqual(tested);
    const copy = path.join(folder, 'copy.twofold');
    await done('import', '--csv', path.join(out('labels'), 'labels.csv'), '--project', copy);
    expect(await done('labels', copy)).toMatchObject({ total: 28, test: 8, testClasses: [4, 4] });

    const checked = await run('export', project, '--format', 'keras', '--out', out('keras'), '--json');
    // The test set is only looked at when that is asked for.
    const { check } = checked.events.find(({ event }) => event === 'exported')!;
    expect(check).toMatchObject({ pictures: 20, accuracy: { pictures: 4, unseen: true } });
    const card = JSON.parse(readFileSync(path.join(out('keras'), 'card.json'), 'utf8')) as object;
    expect(card).toMatchObject({ test: { evaluation: { count: 8, threshold: 0.5 }, isCurrent: true } });
    expect(readFileSync(path.join(out('keras'), 'README.md'), 'utf8')).toMatch(
      /### On the test set\s+Evaluated on \d{4}-\d\d-\d\d on 8 pictures/,
    );
  });

  it('is out of date when a label or the set changes, and current again after undo', async () => {
    const isCurrent = async (): Promise<unknown> =>
      ((await done('runs', project, '--run', 'r1')).test as { isCurrent: boolean }).isCurrent;
    await done('label', project, 'smileys', tested[0]!);
    expect(await isCurrent()).toBe(false);
    expect((await run('runs', project, '--run', 'r1')).stdout).toMatch(/test set or its labels have changed/);
    await done('label', project, '--undo');
    expect(await isCurrent()).toBe(true);
    await done('split', project, 'none', tested[0]!);
    expect(await isCurrent()).toBe(false);
    await done('split', project, 'test', tested[0]!);
    expect(await isCurrent()).toBe(true);
  });

  it('excludes pictures that the run was trained or validated on before', async () => {
    await done('split', project, 'test', ...rest.slice(0, 3));
    const { stdout, events } = await run('evaluate', project, '--on', 'test', '--json');
    expect(events.at(-1), stdout).toMatchObject({ count: 8, seen: 3 });
    expect((await run('evaluate', project, '--on', 'test')).stdout).toMatch(
      /3 pictures of the test set do not count, since the run was trained or validated on them/,
    );
    // Of its validation set the run keeps what is not in the test set now.
    const validation = (await done('evaluate', project)).count as number;
    expect(validation).toBeLessThanOrEqual(4);
    await done('split', project, 'none', ...tested);
    const all = await run('evaluate', project, '--on', 'test');
    expect([all.code, all.stderr]).toEqual([1, expect.stringMatching(/trained or validated on every/)]);
    await done('split', project, 'none', ...rest.slice(0, 3));
    const none = await run('evaluate', project, '--on', 'test');
    expect([none.code, none.stderr]).toEqual([1, expect.stringMatching(/has no test set/)]);
    await done('split', project, 'test', ...tested);
  });

  it('is skipped by a resumed run, and metrics from before do not count', async () => {
    const epochs = ['--epochs', '500', '--json'];
    const stopped = start([...train, ...epochs], ({ event, epoch }) => {
      if (event === 'epoch' && epoch === 1) stopped.child.kill('SIGINT');
    });
    const { run: id, end } = (await stopped.finished).events.at(-1)!;
    expect(end).toBe('stopped');
    await done('evaluate', project, '--on', 'test', '--run', id as string);
    const moved = learned(id as string)
      .filter((file) => file.includes('/smileys/'))
      .slice(0, 2);
    await done('split', project, 'test', ...moved);
    const resumed = await run(
      'train',
      project,
      '--resume',
      id as string,
      '--epochs',
      '600',
      '--patience',
      '1',
      '--json',
    );
    const left = resumed.events.filter(({ event }) => event === 'left-out');
    expect(left.map((one) => [one.path, one.code])).toEqual(moved.map((file) => [file, 'in-test-set']));
    expect(resumed.events.at(-1)).toMatchObject({ run: id, leftOut: [{ code: 'in-test-set' }, {}] });
    expect(learned(id as string).filter((file) => [...tested, ...moved].includes(file))).toEqual([]);
    // The head is another one now.
    expect((await done('runs', project, '--run', id as string)).test).toBeNull();
    expect(await done('evaluate', project, '--on', 'test', '--run', id as string)).toMatchObject({
      count: 8,
      seen: 2,
    });
    await done('split', project, 'none', ...moved);
  });

  it('must not contain all labels', async () => {
    await done('split', project, 'test', ...rest);
    const refused = await run(...train);
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/All labelled pictures are in the test set/),
    ]);
    await done('split', project, 'none', ...rest);
  });

  it('is moved as a whole or not at all, and only to a known set', async () => {
    const missing = await run('split', project, 'none', tested[0]!, 'no-such.png');
    expect([missing.code, missing.stderr]).toEqual([
      1,
      expect.stringMatching(/no-such.png is not in this project/),
    ]);
    expect(await done('labels', project)).toMatchObject({ test: 8 });
    expect((await run('split', project, 'exam', tested[0]!)).code).toBe(2);
  });
});

describe('a test set that comes with the pictures', () => {
  /** Two sample pictures of each class in `PART/CLASS/`, others in each part. */
  function parted(parts: readonly string[]): string {
    const from = sampleFolder(2 * parts.length);
    const target = path.join(temporaryFolder(), 'parted');
    for (const name of ['flags', 'smileys']) {
      readdirSync(path.join(from, name)).forEach((file, index) => {
        const place = path.join(target, parts[index % parts.length]!, name);
        mkdirSync(place, { recursive: true });
        cpSync(path.join(from, name, file), path.join(place, file));
      });
    }
    return target;
  }

  async function trainAndTest(
    made: string,
    names: { test: string; validation: RegExp | null },
  ): Promise<void> {
    const { code, stderr } = await run('train', made, ...QUICK, '--no-augment', '--epochs', '1');
    expect(code, stderr).toBe(0);
    const rows = parse<Row>(readFileSync(path.join(made, 'runs', 'r1', 'pictures.csv')), { columns: true });
    expect(rows.filter((row) => row.path.includes(names.test))).toEqual([]);
    for (const row of rows) {
      if (names.validation) expect(row.split === 'validation').toBe(names.validation.test(row.path));
    }
    expect(await done('evaluate', made, '--on', 'test')).toMatchObject({ on: 'test', count: 4, seen: 0 });
  }

  it('in folders beside training and validation', async () => {
    const made = path.join(temporaryFolder(), 'three.twofold');
    await done('import', parted(['train', 'valid', 'test']), '--project', made);
    expect(await done('labels', made)).toMatchObject({
      train: 4,
      validation: 4,
      test: 4,
      testClasses: [2, 2],
    });
    await trainAndTest(made, { test: '/test/', validation: /\/valid\// });
  });

  it('in folders beside training alone, which is then split', async () => {
    const made = path.join(temporaryFolder(), 'kaggle.twofold');
    await done('import', parted(['training_set', 'test_set']), '--project', made);
    expect(await done('labels', made)).toMatchObject({ train: 4, validation: 0, test: 4 });
    await trainAndTest(made, { test: '/test_set/', validation: null });
  });

  it('in a table, of which labels --import puts into the test set what is in the project already', async () => {
    const folder = parted(['a', 'b', 'c']);
    const split: Record<string, string> = { a: 'train', b: 'valid', c: 'test' };
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((each) =>
      each.isFile(),
    );
    const rows = files.map(({ parentPath, name }) => {
      const [part, label] = path.relative(folder, parentPath).split(path.sep);
      return [`${part!}/${label!}/${name}`, label, split[part!]].join();
    });
    const table = path.join(folder, 't.csv');
    writeFileSync(table, ['path,label,split', ...rows].join('\n'));
    const made = path.join(temporaryFolder(), 'table.twofold');
    await done('import', '--csv', table, '--project', made);
    expect(await done('labels', made)).toMatchObject({
      train: 4,
      validation: 4,
      test: 4,
      testClasses: [2, 2],
    });
    await trainAndTest(made, { test: '/c/', validation: /\/b\// });

    const plain = path.join(temporaryFolder(), 'plain.twofold');
    await done('import', folder, '--plain', '--project', plain);
    const imported = await done('labels', plain, '--import', table);
    expect(imported).toMatchObject({
      changed: 12,
      notes: expect.arrayContaining(['4 pictures added to the test set.']) as string[],
    });
    expect(await done('labels', plain)).toMatchObject({ train: 0, validation: 0, test: 4 });
  });

  it('is not joined by a copy of one of its pictures', async () => {
    const pictures = parted(['train', 'test']);
    const test = path.join(pictures, 'test', 'smileys');
    cpSync(path.join(test, readdirSync(test)[0]!), path.join(pictures, 'train', 'smileys', 'zz-copy.png'));
    const made = path.join(temporaryFolder(), 'copy.twofold');
    const { events } = await run('import', pictures, '--project', made, '--json');
    const copies = events.filter(({ event }) => event === 'duplicate');
    expect(copies).toMatchObject([
      { code: 'other-split', message: expect.stringMatching(/in the test set/) as string },
    ]);
    expect(await done('labels', made)).toMatchObject({ train: 4, test: 4 });
  });
});
