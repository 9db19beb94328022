import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatInterval } from '../../shared/format.ts';
import { classFigures, type Interval } from '../../shared/metrics.ts';
import { done, QUICK, run, sampleFolder, temporaryFolder } from '../kit/cli.ts';

const folder = temporaryFolder();
const project = path.join(folder, 'sample.twofold');
const pictures = path.join(folder, 'pictures');
const out = path.join(folder, 'report.html');

beforeAll(async () => {
  // A name that would be markup if it were not escaped.
  sampleFolder(14, pictures);
  mkdirSync(path.join(folder, 'named'));
  renameSync(path.join(pictures, 'flags'), path.join(folder, 'named', 'a <b>&"'));
  renameSync(path.join(pictures, 'smileys'), path.join(folder, 'named', 'smileys'));
  await done('import', path.join(folder, 'named'), '--project', project);
  await done('train', project, ...QUICK, '--epochs', '2', '--no-augment', '--validation-fraction', '0.5');
});

describe('report', () => {
  it('is one file with the figures of evaluate, the curves and the most wrong pictures', async () => {
    const written = await done('report', project, '--out', out);
    const page = readFileSync(out, 'utf8');
    const evaluated = (await done('evaluate', project)) as unknown as {
      accuracy: Interval;
      count: number;
      confusion: [[number, number], [number, number]];
    };
    expect(page).toContain(formatInterval(evaluated.accuracy));
    expect(page).toContain(`validation set, ${evaluated.count} pictures`);
    expect(page.match(/<svg /g)).toHaveLength(5);
    const wrong = evaluated.confusion[0][1] + evaluated.confusion[1][0];
    expect(written).toMatchObject({ run: 'r1', out, pictures: evaluated.count, wrong });
    // Each with its heat map.
    expect(page.match(/<img alt="[^"]+" src="data:image\/jpeg;base64,/g) ?? []).toHaveLength(2 * wrong);
    expect(page.match(/alt="Heat map, strongest evidence for [^"]+"/g) ?? []).toHaveLength(wrong);
    expect(page).toContain('Beside each picture, its heat map: which parts are evidence for');
    // Both classes side by side, each with its interval.
    for (const key of ['precision', 'recall'] as const) {
      const [zero, one] = [0, 1].map((label) => {
        const interval = classFigures(evaluated.confusion, label as 0 | 1)[key];
        return interval ? formatInterval(interval) : '–';
      });
      const name = key === 'precision' ? 'Precision' : 'Recall';
      expect(page).toContain(`<th scope="row">${name}</th><td>${zero}</td><td>${one}</td>`);
    }
    expect(page).toMatch(/<th scope="row">F1<\/th>(<td>(\d+\.\d% \(\d+\.\d% to \d+\.\d%\)|–)<\/td>){2}/);
    // No probability without its class, and what the report is of.
    expect(page.match(/predicted (smileys|a &#60;b&#62;&#38;&#34;): P\(\1\) \d+\.\d%/g) ?? []).toHaveLength(
      wrong,
    );
    expect(page).toContain('<th scope="row">Project</th><td>sample</td>');
    expect(page).toMatch(/<th scope="row">TensorFlow<\/th><td>2\.\d+\.\d+<\/td>/);
    expect(page).toMatch(/<th scope="row">Weights of InceptionV3<\/th><td>.+ \(SHA-256 [0-9a-f]{64}\)<\/td>/);
    expect(page).toMatch(/Overfitting gap: .+ As reported in training, at epoch \d+,/);
    expect(page).toContain('<th scope="row">Dropout</th>');
  });

  it('loads nothing and escapes the names of classes and files', () => {
    const page = readFileSync(out, 'utf8');
    expect(page).not.toMatch(/<script|https?:|url\(|src="(?!data:)/);
    expect(page).not.toContain('a <b>&"');
    expect(page).toContain('a &#60;b&#62;&#38;&#34;');
  });

  it('replaces an earlier report, and writes nothing without a run or a folder', async () => {
    await done('report', project, '--out', out);
    const nowhere = await run('report', project, '--out', path.join(folder, 'no', 'report.html'));
    expect(nowhere.code).toBe(1);
    const none = await run('report', project, '--run', 'r9', '--out', path.join(folder, 'none.html'));
    expect([none.code, none.stderr]).toEqual([1, expect.stringContaining('There is no run r9')]);
  });

  it('says why there are no heat maps where the model is gone, with everything else', async () => {
    const head = path.join(project, 'runs', 'r1', 'head.safetensors');
    renameSync(head, `${head}.gone`);
    const without = path.join(folder, 'without.html');
    await done('report', project, '--out', without);
    renameSync(`${head}.gone`, head);
    const page = readFileSync(without, 'utf8');
    expect(page).toContain('Heat maps could not be computed: ');
    expect(page).toContain('head.safetensors');
    expect(page).toContain('Confusion matrix');
    expect(page).not.toContain('alt="Heat map');
  });
});
