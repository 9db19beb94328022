import { execFile } from 'node:child_process';
import { cpSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ModelCard } from '../../main/export/card/card.ts';
import { done, QUICK, run, sampleFolder, temporaryFolder } from '../kit/cli.ts';

/** One threshold: the project's, in every output, and what differs from it for once. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const folder = temporaryFolder();
const project = path.join(folder, 'sample.twofold');
const pictures = sampleFolder(16, path.join(folder, 'pictures'));

interface Row {
  path: string;
  label: string;
  probability: string;
  threshold: string;
}

async function table(model: string, ...options: string[]): Promise<Row[]> {
  const { stdout, stderr, code } = await run('predict', model, pictures, '--csv', '-', ...options);
  expect(code, stderr).toBe(0);
  return parse<Row>(stdout, { columns: true });
}

const className = (probability: number, threshold: number): string =>
  probability > threshold ? 'smileys' : 'flags';

/** What `evaluate` must say, from the answers and the run's own list of its validation pictures. */
function confusionAt(rows: readonly Row[], threshold: number): number[][] {
  const answers = new Map(rows.map((row) => [row.path, Number(row.probability)]));
  const counts = [
    [0, 0],
    [0, 0],
  ];
  const listed = parse<{ path: string; label: string; split: string }>(
    readFileSync(path.join(project, 'runs/r1/pictures.csv')),
    { columns: true },
  );
  for (const { path: file, label, split } of listed) {
    if (split === 'validation') counts[Number(label)]![answers.get(file)! > threshold ? 1 : 0]!++;
  }
  return counts;
}

beforeAll(async () => {
  await done('import', pictures, '--project', project);
  // Hardly trained, so that many probabilities lie in the middle.
  await done(
    'train',
    project,
    ...QUICK,
    '--learning-rate',
    '0.00002',
    '--epochs',
    '1',
    '--validation-fraction',
    '0.5',
  );
  const rows = await table(project);
  const between = rows.filter(({ probability }) => Number(probability) > 0.3 && Number(probability) <= 0.7);
  expect(between.length).toBeGreaterThan(3);
  expect(rows.every(({ threshold }) => threshold === '0.5')).toBe(true);
});

describe.each([0.3, 0.7])('--threshold %f', (threshold) => {
  const option = ['--threshold', String(threshold)];

  it('determines the classes of predict in the table, CSV and JSON, and is stated', async () => {
    const rows = await table(project, ...option);
    for (const { label, probability, threshold: stated } of rows) {
      expect(label).toBe(className(Number(probability), threshold));
      expect(Number(stated)).toBe(threshold);
    }
    const { events } = await run('predict', project, pictures, ...option, '--json');
    expect(events.at(-1)).toMatchObject({ event: 'done', threshold });
    const answers = events.filter(({ event }) => event === 'prediction');
    expect(answers.map(({ label }) => label)).toEqual(rows.map(({ label }) => label));
    const { stdout } = await run('predict', project, pictures, ...option);
    expect(stdout).toContain(
      `Above a probability of ${threshold} a picture is "smileys", otherwise "flags".`,
    );
  });

  it('determines the counts of evaluate, and is stated', async () => {
    const evaluated = await done('evaluate', project, ...option);
    expect(evaluated).toMatchObject({ threshold, confusion: confusionAt(await table(project), threshold) });
    expect((await run('evaluate', project, ...option)).stdout).toContain(
      `of "smileys" at a threshold of ${threshold}`,
    );
  });

  it('applies once only', async () => {
    expect(await done('evaluate', project)).toMatchObject({ threshold: 0.5 });
  });

  it('once it is the project’s, is that of predict, evaluate, a copy of the run’s folder and exports', async () => {
    expect(await done('evaluate', project, ...option, '--save')).toMatchObject({ threshold });
    const rows = await table(project);
    for (const { label, probability, threshold: stated } of rows) {
      expect(label).toBe(className(Number(probability), threshold));
      expect(Number(stated)).toBe(threshold);
    }
    expect(await done('evaluate', project)).toMatchObject({ threshold });

    const trained = await done('train', project, ...QUICK, '--epochs', '1', '--name', 'at the threshold');
    const { confusion } = await done('evaluate', project);
    expect(trained.evaluation).toMatchObject({ threshold, confusion });
    await done('runs', project, '--run', trained.run as string, '--delete');

    const copy = path.join(temporaryFolder(), 'model');
    cpSync(path.join(project, 'runs/r1'), copy, { recursive: true });
    expect(await table(copy)).toEqual(rows);

    const out = path.join(folder, `web-${threshold}`);
    await done('export', project, '--format', 'tfjs', '--out', out);
    const card = JSON.parse(readFileSync(path.join(out, 'card.json'), 'utf8')) as ModelCard;
    expect(card.threshold).toBe(threshold);
    expect(card.metrics).toMatchObject({ threshold, confusion: confusionAt(rows, threshold) });
    const readme = readFileSync(path.join(out, 'README.md'), 'utf8');
    expect(readme).toContain(`Above a probability of ${threshold} a picture is **smileys**`);
    expect(readme).toContain(`at a threshold of ${threshold},`);

    symlinkSync(path.join(ROOT, 'node_modules'), path.join(out, 'node_modules'));
    const { stdout, stderr } = await promisify(execFile)(
      process.execPath,
      ['predict.js', ...rows.map(({ path: file }) => file)],
      { cwd: out, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } },
    );
    const said = stdout
      .trim()
      .split('\n')
      .slice(-rows.length)
      .map((line) => line.split('\t'));
    expect(said.map(([file, label]) => [file, label])).toEqual(
      rows.map(({ path: file, label }) => [file, label]),
    );
    expect(stderr).toContain(`Above a probability of ${threshold} a picture is "smileys"`);

    await done('evaluate', project, '--threshold', '0.5', '--save');
  });
});

it('is not stored if the evaluation fails', async () => {
  const { code, stderr } = await run('evaluate', project, '--on', 'test', '--threshold', '0.9', '--save');
  expect(code).toBe(1);
  expect(stderr).toContain('no test set');
  expect(await done('evaluate', project)).toMatchObject({ threshold: 0.5 });
});

describe('an invalid threshold', () => {
  it.each([
    ['predict', 'pictures', '--threshold', '1.01'],
    ['predict', 'pictures', '--threshold', 'NaN'],
    ['evaluate', '--threshold', '-0.1'],
    ['export', '--format', 'onnx', '--out', 'never', '--threshold', '2'],
    ['evaluate', '--save'],
  ])('is refused: %s %s %s', async (command, ...options) => {
    const { code, stderr } = await run(command, project, ...options);
    expect(code).toBe(2);
    expect(stderr).toMatch(/from 0 to 1|a number|--threshold <p>/);
  });
});
