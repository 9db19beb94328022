import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { thisProcess } from '../../main/support/processes.ts';
import type { Evaluation } from '../../shared/metrics.ts';
import { done, QUICK, run, sampleFolder, temporaryFolder, UNSEEN } from '../kit/cli.ts';

/** Which class is class 1, chosen at import and swapped later, as the command line shows it. */

const folder = temporaryFolder();
const pictures = sampleFolder(12, path.join(folder, 'pictures'));
const unseen = ['grinning-cat', 'jamaica', 'nerd-face'].map((name) => path.join(UNSEEN, `${name}.png`));

const readFileNames = (place: string): string[] => readdirSync(place).sort();

interface Predicted {
  label: string;
  probability: number;
}

async function predict(model: string, ...options: string[]): Promise<Predicted[]> {
  const { code, events, stderr } = await run('predict', model, ...unseen, ...options, '--json');
  expect(code, stderr).toBe(0);
  return events.filter(({ event }) => event === 'prediction') as unknown as Predicted[];
}

const evaluate = async (project: string, ...options: string[]): Promise<Evaluation> =>
  (await done('evaluate', project, ...options)) as unknown as Evaluation;

const runFile = (project: string): Record<string, unknown> =>
  JSON.parse(readFileSync(path.join(project, 'runs/r1/run.json'), 'utf8')) as Record<string, unknown>;

/** Everything of a library that a swap must not change, as it is stored. */
function stored(project: string): unknown {
  const db = new Database(path.join(project, 'library.db'), { readonly: true });
  try {
    return ['pictures', 'label_events', 'run_pictures', 'runs', 'classes', 'settings'].map((table) =>
      db.prepare(`SELECT * FROM ${table}`).all(),
    );
  } finally {
    db.close();
  }
}

function expectMirrored(after: Evaluation, before: Evaluation): void {
  const [[n00, n01], [n10, n11]] = before.confusion;
  expect(after.confusion).toEqual([
    [n11, n10],
    [n01, n00],
  ]);
  expect(after.threshold).toBeCloseTo(1 - before.threshold, 12);
  expect(after.accuracy).toEqual(before.accuracy);
  expect(after.loss).toBeCloseTo(before.loss, 10);
  expect(after.rocAuc).toBeCloseTo(before.rocAuc!, 12);
  expect(after.averagePrecision).toBeCloseTo(before.averagePrecisionOfClass0!, 12);
  expect(after.precision?.value).toBe(n00 + n10 === 0 ? undefined : n00 / (n00 + n10));
  expect(after.recall?.value).toBe(n00 / (n00 + n01));
}

function expectMirroredAnswers(after: readonly Predicted[], before: readonly Predicted[]): void {
  expect(after.map(({ label }) => label)).toEqual(before.map(({ label }) => label));
  after.forEach(({ probability }, index) =>
    expect(probability).toBeCloseTo(1 - before[index]!.probability, 12),
  );
}

describe('import --classes', () => {
  const importInto = (name: string, ...options: string[]): ReturnType<typeof run> =>
    run('import', pictures, '--project', path.join(folder, name), ...options);
  const classesOf = async (name: string): Promise<unknown> =>
    (await done('labels', path.join(folder, name))).classes;

  it('makes the second of the names class 1, whatever the alphabet says, and compares names without case', async () => {
    expect((await importInto('chosen', '--classes', 'Smileys, FLAGS')).code).toBe(0);
    expect(await classesOf('chosen')).toEqual([
      { name: 'Smileys', count: 12 },
      { name: 'FLAGS', count: 12 },
    ]);
    const again = await importInto('chosen', '--classes', 'smileys,flags');
    expect(again.code, again.stderr).toBe(0);
  });

  it('applies to the labels of a table too', async () => {
    const table = path.join(folder, 'table.csv');
    const files = ['flags', 'smileys'].map((name) => path.join(pictures, name));
    const rows = files.map(
      (place, index) =>
        `${path.join(place, readFileNames(place)[0]!)},${index === 0 ? 'normal' : 'abnormal'}`,
    );
    writeFileSync(table, `path,label\n${rows.join('\n')}\n`);
    const { code, stderr } = await run(
      'import',
      '--csv',
      table,
      '--project',
      path.join(folder, 'tabled'),
      '--classes',
      'normal,abnormal',
    );
    expect(code, stderr).toBe(0);
    expect(await classesOf('tabled')).toEqual([
      { name: 'normal', count: 1 },
      { name: 'abnormal', count: 1 },
    ]);
  });

  it('allows a split word as a class if it is given', async () => {
    const place = path.join(folder, 'split-words');
    mkdirSync(place);
    for (const [from, to] of [
      ['flags', 'train'],
      ['smileys', 'test'],
    ] as const) {
      cpSync(path.join(pictures, from), path.join(place, to), { recursive: true });
    }
    const project = path.join(folder, 'words');
    const { code, stderr } = await run('import', place, '--project', project, '--classes', 'train,test');
    expect(code, stderr).toBe(0);
    expect(await done('labels', project)).toMatchObject({
      classes: [
        { name: 'train', count: 12 },
        { name: 'test', count: 12 },
      ],
    });
  });

  it('refuses names that are not the folders’, instead of importing without labels', async () => {
    const { code, stderr } = await importInto('mistyped', '--classes', 'animal,smileys');
    expect(code).toBe(1);
    expect(stderr).toContain('animal');
  });

  it('says which names do not match: those of folders or of a table, of the project or given', async () => {
    expect((await importInto('mistyped', '--classes', 'animal,smileys')).stderr).toContain(
      'The folders "flags" and "smileys" do not match the classes given with --classes, "animal" and "smileys".',
    );
    const table = path.join(folder, 'mistyped.csv');
    const picture = (name: string): string =>
      path.join(pictures, name, readFileNames(path.join(pictures, name))[0]!);
    writeFileSync(table, `path,label\n${picture('flags')},negative\n${picture('smileys')},positive\n`);
    const project = path.join(folder, 'foobar');
    const given = await run('import', '--csv', table, '--project', project, '--classes', 'foo,bar');
    expect(given.stderr).toContain(
      'The labels "negative" and "positive" do not match the classes given with --classes, "foo" and "bar".',
    );
    await done('import', pictures, '--project', project);
    const known = await run('import', '--csv', table, '--project', project);
    expect(known.stderr).toContain(
      'The labels "negative" and "positive" do not match this project\'s classes "flags" and "smileys".',
    );
  });

  it('refuses an order other than that of a labelled project, and says what to do', async () => {
    const { code, stderr } = await importInto('chosen', '--classes', 'flags,smileys');
    expect(code).toBe(1);
    expect(stderr).toMatch(/class 0 is "Smileys" and its class 1 is "FLAGS".*--swap/s);
  });

  it.each(['one', 'a,b,c', 'a,', ''])('expects two names instead of "%s"', async (names) => {
    const { code, stderr } = await importInto('never', '--classes', names);
    expect(code).toBe(2);
    expect(stderr).toContain('two names');
    expect(existsSync(path.join(folder, 'never.twofold'))).toBe(false);
  });
});

describe('a wrong table whose labels were cleared', () => {
  const files = ['flags', 'smileys'].map((name) =>
    path.join(pictures, name, readFileNames(path.join(pictures, name))[0]!),
  );
  const write = (name: string, labels: [string, string]): string => {
    const table = path.join(folder, name);
    writeFileSync(table, `path,label\n${files.map((file, index) => `${file},${labels[index]!}\n`).join('')}`);
    return table;
  };
  const wrong = write('wrong.csv', ['foo', 'bar']);
  const right = write('right.csv', ['cat', 'dog']);

  it.each([
    ['import --csv', (project: string) => ['import', '--csv', right, '--project', project], 'cat'],
    ['labels --import', (project: string) => ['labels', project, '--import', right], 'cat'],
    [
      'import --classes',
      (project: string) => ['import', '--csv', right, '--project', project, '--classes', 'dog,cat'],
      'dog',
    ],
  ])('can be replaced by the right one: %s', async (name, command, first) => {
    const project = path.join(folder, `${name.replaceAll(' ', '')}.twofold`);
    await done('import', '--csv', wrong, '--project', project);
    const labelled = await run(...command(project));
    expect(labelled.code).toBe(1);
    await done('label', project, 'clear', ...files);
    const { code, stdout, stderr } = await run(...command(project));
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/renamed.*no longer be undone/);
    expect((await done('labels', project)).classes).toEqual([
      { name: first, count: 1 },
      { name: first === 'cat' ? 'dog' : 'cat', count: 1 },
    ]);
    const history = await run('labels', project, '--history', files[0]!, '--json');
    expect(history.events.at(-2)).toMatchObject({ label: first === 'cat' ? 0 : 1 });
    // Nothing is left that would bring a label of "foo" or "bar" back.
    await run('label', project, '--undo');
    await run('label', project, '--undo');
    const { classes } = (await done('labels', project)) as unknown as { classes: { count: number }[] };
    expect(classes.map(({ count }) => count)).toEqual(name === 'labels --import' ? [0, 0] : [1, 1]);
  });
});

describe('labels --swap', () => {
  const project = path.join(folder, 'swapped.twofold');
  let before: {
    evaluation: Evaluation;
    answers: Predicted[];
    stored: unknown;
    run: Record<string, unknown>;
    counts: unknown;
  };

  beforeAll(async () => {
    await done('import', pictures, '--project', project);
    await done('train', project, ...QUICK, '--epochs', '2');
    // Wrong labels, so that the two kinds of error are not the same.
    const flags = path.join(pictures, 'flags');
    await done(
      'label',
      project,
      'smileys',
      ...readFileNames(flags)
        .slice(0, 5)
        .map((name) => path.join(flags, name)),
    );
    await done('evaluate', project, '--threshold', '0.3', '--save');
    before = {
      evaluation: await evaluate(project),
      answers: await predict(project),
      stored: stored(project),
      run: runFile(project),
      counts: (await done('labels', project)).classes,
    };
    expect(before.evaluation.threshold).toBe(0.3);
    expect(before.run).toMatchObject({ classes: ['flags', 'smileys'], swapped: false, threshold: 0.3 });
  });

  it('swaps counts, metrics, predictions and the run’s folder, and changes nothing that is stored', async () => {
    expect(await done('labels', project, '--swap')).toMatchObject({
      swapped: true,
      classes: ['smileys', 'flags'],
    });
    expect(stored(project)).toEqual(before.stored);
    expect((await done('labels', project)).classes).toEqual((before.counts as unknown[]).toReversed());
    expectMirroredAnswers(await predict(project), before.answers);
    expectMirrored(await evaluate(project), before.evaluation);
    expect(runFile(project)).toMatchObject({ version: 2, classes: ['smileys', 'flags'], swapped: true });
  });

  it('gives the same from a copy of the run’s folder as from the project', async () => {
    const copy = path.join(temporaryFolder(), 'model');
    cpSync(path.join(project, 'runs/r1'), copy, { recursive: true });
    expect(await predict(copy)).toEqual(await predict(project));
  });

  it('exports the model with the classes swapped', async () => {
    const out = path.join(folder, 'export');
    await done('export', project, '--format', 'savedmodel', '--out', out);
    const card = JSON.parse(readFileSync(path.join(out, 'card.json'), 'utf8')) as Record<string, unknown>;
    expect(card).toMatchObject({ classes: ['smileys', 'flags'], threshold: 0.7 });
    expect((card.check as { maxDifference: number }).maxDifference).toBeLessThan(1e-5);
    expect((card.metrics as Evaluation).confusion).toEqual((await evaluate(project)).confusion);
    expect(readFileSync(path.join(out, 'README.md'), 'utf8')).toContain('Above a probability of 0.7');
  });

  it('does not change training, even with class weights', async () => {
    await done('train', project, ...QUICK, '--epochs', '2', '--class-weights', '3:1');
    const swapped = await predict(project, '--run', 'r2', '--threshold', '0.5');
    expect(await predict(path.join(project, 'runs/r2'), '--threshold', '0.5')).toEqual(swapped);
    const { confusion } = await evaluate(project, '--run', 'r2', '--threshold', '0.5');
    await done('label', project, '--undo');
    await done('train', project, ...QUICK, '--epochs', '2', '--class-weights', '1:3');
    expectMirroredAnswers(await predict(project, '--run', 'r3', '--threshold', '0.5'), swapped);
    const [[n00, n01], [n10, n11]] = (await evaluate(project, '--run', 'r3', '--threshold', '0.5')).confusion;
    expect(confusion).toEqual([
      [n11, n10],
      [n01, n00],
    ]);
    await done('label', project, '--redo');
    for (const id of ['r2', 'r3']) await done('runs', project, '--run', id, '--delete');
  });

  it('is undone exactly, in its place among the labels', async () => {
    const one = path.join(pictures, 'smileys', readFileNames(path.join(pictures, 'smileys'))[0]!);
    await done('label', project, 'flags', one);
    await done('label', project, '--undo');
    expect(await done('label', project, '--undo')).toMatchObject({
      swapped: true,
      classes: ['flags', 'smileys'],
    });
    expect(await predict(project)).toEqual(before.answers);
    expect(await evaluate(project)).toEqual(before.evaluation);
    expect((await done('labels', project)).classes).toEqual(before.counts);
    expect(runFile(project)).toEqual(before.run);
    expect(await done('label', project, '--redo')).toMatchObject({
      swapped: true,
      classes: ['smileys', 'flags'],
    });
    expectMirroredAnswers(await predict(project), before.answers);
    await done('label', project, '--undo');
  });

  it('updates the run’s folder later if the program was killed in between', async () => {
    const file = path.join(project, 'runs/r1/run.json');
    const old = readFileSync(file);
    await done('labels', project, '--swap');
    const told = readFileSync(file);
    // As SIGKILL leaves it after the database's commit, before any run.json is replaced.
    writeFileSync(file, old);
    const db = new Database(path.join(project, 'library.db'));
    db.exec('UPDATE project SET run_files_written = run_files_written - 1');
    db.close();
    expectMirroredAnswers(await predict(project), before.answers);
    const alone = await predict(path.join(project, 'runs/r1'));
    expect(alone).toEqual(before.answers);
    expect(readFileSync(file)).toEqual(old);
    await done(
      'label',
      project,
      'smileys',
      path.join(pictures, 'smileys', readFileNames(path.join(pictures, 'smileys'))[0]!),
    );
    expect(readFileSync(file)).toEqual(told);
    await done('label', project, '--undo');
  });

  it('is refused while a run is trained', async () => {
    const db = new Database(path.join(project, 'library.db'));
    db.prepare(`UPDATE runs SET status = 'running', process = ?`).run(thisProcess());
    db.close();
    const { code, stderr } = await run('labels', project, '--swap');
    expect(code).toBe(1);
    expect(stderr).toContain('while a run is training');
  });
});
