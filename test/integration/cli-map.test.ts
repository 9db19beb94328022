import { mkdirSync, readFileSync, cpSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { done, run, sampleFolder, SAMPLES, temporaryFolder, type Event } from '../kit/cli.ts';

const folder = temporaryFolder();
const project = path.join(folder, 'p');

/** 25 pictures of each class, and a copy of one of them under another name. */
beforeAll(async () => {
  const pictures = sampleFolder(25);
  const [first] = readdirSync(path.join(pictures, 'smileys'));
  cpSync(path.join(pictures, 'smileys', first!), path.join(pictures, 'smileys', 'copy.png'));
  await done('import', pictures, '--project', project);
});

const pointsOf = (events: readonly Event[]): Event[] => events.filter(({ event }) => event === 'point');

it('"map" places every picture, those of a class nearer to each other than to the rest', async () => {
  const { events } = await run('map', project, '--json');
  const points = pointsOf(events);
  const end = events.at(-1)!;
  expect(end).toMatchObject({ event: 'done', method: 'pca', pictures: points.length });
  expect(points.length).toBeGreaterThanOrEqual(50);
  const [first, second] = end.explained as [number, number];
  expect(first).toBeGreaterThan(second);
  expect(first + second).toBeLessThan(1);
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const distance = (a: Event, b: Event): number =>
    Math.hypot(Number(a.x) - Number(b.x), Number(a.y) - Number(b.y));
  const pairs = points.flatMap((a, index) => points.slice(index + 1).map((b) => [a, b] as const));
  const within = pairs.filter(([a, b]) => a.label === b.label).map(([a, b]) => distance(a, b));
  const between = pairs.filter(([a, b]) => a.label !== b.label).map(([a, b]) => distance(a, b));
  expect(mean(within)).toBeLessThan(mean(between));
  // The second time it comes from the cache, and is the same.
  expect(pointsOf((await run('map', project, '--json')).events)).toEqual(points);
});

it('"map --method umap" keeps pictures of a class together, and gives the same map again', async () => {
  const { events } = await run('map', project, '--method', 'umap', '--json');
  const points = pointsOf(events);
  expect(events.at(-1)).toMatchObject({
    event: 'done',
    method: 'umap',
    pictures: points.length,
    explained: [],
  });
  expect(events.some(({ event, stage }) => event === 'progress' && stage === 'mapping')).toBe(true);
  const nearest = points.map((a) => {
    const distance = (b: Event): number => Math.hypot(Number(a.x) - Number(b.x), Number(a.y) - Number(b.y));
    return points.filter((b) => b !== a).sort((b, c) => distance(b) - distance(c))[0]!;
  });
  const same = points.filter(({ label }, index) => nearest[index]!.label === label).length;
  expect(same / points.length).toBeGreaterThan(0.8);
  const again = await run('map', project, '--method', 'umap', '--json');
  expect(pointsOf(again.events)).toEqual(points);
  expect(again.events.some(({ event }) => event === 'progress')).toBe(false);
  // Computed anew it is the same, since it is seeded.
  rmSync(path.join(`${project}.twofold`, 'cache', 'map'), { recursive: true });
  expect(pointsOf((await run('map', project, '--method', 'umap', '--json')).events)).toEqual(points);
});

it('"map --csv" writes path, x, y and label', async () => {
  const file = path.join(folder, 'map.csv');
  const { events } = await run('map', project, '--csv', file, '--json');
  const [header, ...lines] = readFileSync(file, 'utf8').trim().split('\n');
  expect(header).toBe('path,x,y,label');
  expect(lines).toEqual(pointsOf(events).map(({ path: file, x, y, label }) => [file, x, y, label].join(',')));
});

it('"map" says that two pictures are too few', async () => {
  const pictures = path.join(folder, 'two');
  mkdirSync(pictures);
  for (const file of readdirSync(path.join(SAMPLES, 'smileys')).slice(0, 2)) {
    cpSync(path.join(SAMPLES, 'smileys', file), path.join(pictures, file));
  }
  const small = path.join(folder, 'small');
  await done('import', pictures, '--project', small);
  const { code, stderr } = await run('map', small);
  expect(code).toBe(1);
  expect(stderr).toContain('A map needs at least 3 different pictures that can be read; small has 2');
});
