import { createHash } from 'node:crypto';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HeatMaps, type ExplainedRun } from '../../main/engine/heat-maps.ts';
import { spawnNodeProcess } from '../../main/jobs/child.ts';
import { runJob, type JobProcess } from '../../main/training/supervisor.ts';
import type { HeatMap } from '../../shared/heat-map.ts';
import type { HeatMapJob, HeatMapPicture } from '../../shared/jobs/heat-map.ts';
import { SAMPLES, temporaryFolder } from '../kit/cli.ts';
import { makeRun } from '../kit/handmade-run.ts';

/** Heat maps one by one, by a real process that keeps a run loaded. */

const RECIPE = { cut: 'mixed0', size: 75 };
const folder = temporaryFolder();
let pictures: HeatMapPicture[];
const shallow: ExplainedRun = { runDir: join(folder, 'shallow'), cacheDir: null };
const deep: ExplainedRun = { runDir: join(folder, 'deep'), cacheDir: null };

let spawned = 0;
let ended = 0;
function spawn(): JobProcess {
  spawned++;
  const child = spawnNodeProcess();
  child.onExit(() => ended++);
  return child;
}
let maps: HeatMaps;
const fresh = (idleMs = 60_000): HeatMaps => {
  [spawned, ended] = [0, 0];
  return (maps = new HeatMaps({ spawn, idleMs }));
};

beforeAll(async () => {
  await makeRun(shallow.runDir, { ...RECIPE, units: [16] });
  await makeRun(deep.runDir, { ...RECIPE, units: [16, 8] });
  const source = join(SAMPLES, 'smileys');
  const files = (await readdir(source)).sort().slice(0, 4);
  pictures = await Promise.all(
    files.map(async (file) => {
      const path = join(folder, file);
      await cp(join(source, file), path);
      const sha256 = createHash('sha256')
        .update(await readFile(path))
        .digest('hex');
      return { path, sha256 };
    }),
  );
});

afterEach(() => maps.end());
afterAll(() => maps.end());

const sumOf = ({ cells, bias }: HeatMap): number => cells.reduce((sum, cell) => sum + cell, bias);

async function expected(run: ExplainedRun, picture: HeatMapPicture): Promise<HeatMap> {
  const job: HeatMapJob = { kind: 'heat-map', ...run, pictures: [picture] };
  const { path: _, ...map } = (await runJob(job, { spawn: spawnNodeProcess })).maps[0]!;
  return map;
}

function expectSame(map: HeatMap | null, other: HeatMap): void {
  expect(map).toMatchObject({ method: other.method, rows: other.rows, columns: other.columns });
  expect(map!.logit).toBeCloseTo(other.logit, 4);
  expect(map!.bias).toBeCloseTo(other.bias, 4);
  other.cells.forEach((cell, index) => expect(map!.cells[index]).toBeCloseTo(cell, 4));
}

describe('heat maps one by one', () => {
  it('are those of the job, by one process for a run, whose parts add up to the logit', async () => {
    fresh();
    const [first, second] = pictures as [HeatMapPicture, HeatMapPicture];
    const map = await maps.of(shallow, first);
    expectSame(map, await expected(shallow, first));
    expect(map!.method).toBe('exact');
    expect(Math.abs(sumOf(map!) - map!.logit)).toBeLessThan(1e-4);
    expectSame(await maps.of(shallow, second), await expected(shallow, second));
    expect(spawned).toBe(1);
    const other = await maps.of(deep, first);
    expectSame(other, await expected(deep, first));
    expect(other!.method).toBe('gradient × input');
    expect(Math.abs(sumOf(other!) - other!.logit)).toBeLessThan(1e-4);
    await expect.poll(() => [spawned, ended]).toEqual([2, 1]);
    await maps.end();
    expect(maps.isOpen).toBe(false);
    await expect.poll(() => ended).toBe(2);
  });

  it('are negated, and divided by the temperature, as the run is shown', async () => {
    fresh();
    const plain = (await maps.of({ ...shallow, swapped: false, temperature: 1 }, pictures[0]!))!;
    const shown = (await maps.of({ ...shallow, swapped: true, temperature: 2 }, pictures[0]!))!;
    expect(shown.logit).toBeCloseTo(-plain.logit / 2, 4);
    plain.cells.forEach((cell, index) => expect(shown.cells[index]).toBeCloseTo(-cell / 2, 4));
  });

  it('of pictures asked for while one is computed, only the last is', async () => {
    fresh();
    const answers = await Promise.all(pictures.map((picture) => maps.of(shallow, picture)));
    expect(answers.map((answer) => answer !== null)).toEqual([true, false, false, true]);
    expectSame(answers[0]!, await expected(shallow, pictures[0]!));
    expectSame(answers[3]!, await expected(shallow, pictures[3]!));
  });

  it('end when nothing is asked, and when another process starts, and begin again', async () => {
    fresh(50);
    await maps.of(shallow, pictures[0]!);
    await expect.poll(() => ended, { timeout: 10_000 }).toBe(1);
    fresh();
    await maps.of(shallow, pictures[0]!);
    maps.aside(spawnNodeProcess)().kill();
    await expect.poll(() => ended, { timeout: 10_000 }).toBe(1);
    expect(await maps.of(shallow, pictures[1]!)).not.toBeNull();
    expect(spawned).toBe(2);
  });

  it('answer an open question before they end', async () => {
    fresh();
    const asked = maps.of(shallow, pictures[0]!);
    await maps.end();
    expect(await asked).not.toBeNull();
  });

  it('need no file for a picture whose features are cached', async () => {
    fresh();
    const run = { ...shallow, cacheDir: join(folder, 'cache') };
    const picture = pictures[2]!;
    const before = await maps.of(run, picture);
    await rm(picture.path);
    expectSame(await maps.of(run, picture), before!);
    expect(await readdir(join(folder, 'cache', 'jobs'))).toEqual([]);
  });

  it('say what is missing, and go on with the next picture', async () => {
    fresh();
    const gone = join(folder, 'gone.png');
    await expect(maps.of(shallow, { path: gone, sha256: null })).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('no file') as string,
    });
    expect(await maps.of(shallow, pictures[0]!)).not.toBeNull();
    expect(spawned).toBe(1);
    const headless = { runDir: join(folder, 'headless'), cacheDir: null };
    await cp(shallow.runDir, headless.runDir, { recursive: true });
    await rm(join(headless.runDir, 'head.safetensors'));
    await expect(maps.of(headless, pictures[0]!)).rejects.toMatchObject({
      code: 'not-found',
      message: expect.stringContaining('head.safetensors') as string,
    });
    expect(maps.isOpen).toBe(false);
    expect(await maps.of(shallow, pictures[0]!)).not.toBeNull();
  });
});
