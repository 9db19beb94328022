import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { closeProject, openProject } from '../../main/library/project.ts';
import { setUnsure } from '../../main/library/runs/calibration.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import type { UnsureRule } from '../../shared/unsure.ts';
import { done, QUICK, run, sampleFolder, temporaryFolder, UNSEEN } from '../kit/cli.ts';

const folder = temporaryFolder();
const project = path.join(folder, 'p');
const out = path.join(folder, 'map.png');
const smiley = path.join(UNSEEN, 'nerd-face.png');

beforeAll(async () => {
  await done('import', sampleFolder(12), '--project', project);
  await done('train', project, '--epochs', '2', ...QUICK);
});

/** [r, g, b] of the pixel in the middle of a cell. */
async function colorAt(file: string, down: number, right: number): Promise<number[]> {
  const { data, info } = await sharp(file).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = 3 * (Math.floor(down * info.height) * info.width + Math.floor(right * info.width));
  return [...data.subarray(at, at + 3)];
}

describe('heatmap', () => {
  it('colours the picture by what its cells add to the logit of the model that predicts it', async () => {
    const result = await done('heatmap', project, smiley, '--out', out);
    const { events } = await run('predict', project, smiley, '--json');
    const prediction = events.find(({ event }) => event === 'prediction');
    expect(result.probability).toBeCloseTo(prediction!.probability as number, 5);
    expect(result.label).toBe(prediction!.label);
    const { rows, columns, cells } = result as {
      rows: number;
      columns: number;
      cells: number[];
    } & typeof result;
    expect(cells).toHaveLength(rows * columns);
    const strongest = cells.reduce(
      (best, value, cell) => (Math.abs(value) > Math.abs(cells[best]!) ? cell : best),
      0,
    );
    const [down, right] = [
      (Math.floor(strongest / columns) + 0.5) / rows,
      ((strongest % columns) + 0.5) / columns,
    ];
    expect(await colorAt(out, down, right)).not.toEqual(await colorAt(smiley, down, right));
  });

  it('is inverted if the classes are swapped', async () => {
    const before = await done('heatmap', project, smiley, '--out', out);
    await run('labels', project, '--swap');
    const after = await done('heatmap', project, smiley, '--out', out);
    await run('labels', project, '--swap');
    (after.cells as number[]).forEach((value, cell) =>
      expect(value).toBeCloseTo(-(before.cells as number[])[cell]!, 5),
    );
  });

  it('answers and abstains as predict does, and names the method', async () => {
    const rule = { risk: 0.05, on: 'validation' as const, pictures: 5 };
    const answers = async (from: UnsureRule['from'] | null): Promise<unknown> => {
      const opened = openProject(project);
      setUnsure(opened.db, 'r1', from && { ...rule, answered: [0, 0], wrong: [0, 0], from });
      closeProject(opened);
      const { label, unsure } = await done('heatmap', project, smiley, '--out', out);
      const { events } = await run('predict', project, smiley, '--json');
      expect(events.find(({ event }) => event === 'prediction')).toMatchObject({ label, unsure });
      return label;
    };
    expect(await answers([0.5, 0.5])).not.toBe('unsure');
    expect(await answers([null, null])).toBe('unsure');
    const { stdout } = await run('heatmap', project, smiley, '--out', out);
    expect(stdout).toMatch(/^Unsure; "(flags|smileys)" is more likely \([\d.]+%\)\./m);
    expect(stdout).toContain('Exact sum: the parts and a constant');
    expect(await answers(null)).not.toBe('unsure');
  });

  it('writes nothing if the picture can’t be read', async () => {
    const target = path.join(folder, 'none.png');
    const { code, stderr } = await run('heatmap', project, path.join(folder, 'gone.png'), '--out', target);
    expect(code).toBe(1);
    expect(stderr).toContain('gone.png');
    expect(() => readFileSync(target)).toThrow('ENOENT');
  });
});
