import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { BlobCache } from '../../main/pictures/cache.ts';
import { sha256 } from '../../main/pictures/hash.ts';
import { pixelKey } from '../../main/pictures/pixels.ts';
import { preparePixels } from '../../main/pictures/prepare.ts';
import { done, run, sampleFolder, start, temporaryFolder } from '../kit/cli.ts';

/*
 * Import decodes a picture once: for the check, the thumbnail and the prepared pixels. Whether a later command decodes
 * it again shows when the file's content is replaced by zeros of the same size and time: it can't be decoded any more.
 */

/** A small head on the shallowest cut, at the size that import prepares. */
const SMALL = ['--cut', 'mixed0', '--units', '16', '--epochs', '1', '--no-group-duplicates'];
const SIZE = 150;
const TIME_S = 1_700_000_000;

let pictures: string;
const filesOf = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name));
const projectIn = (): string => path.join(temporaryFolder(), 'once.twofold');

/** Pictures whose times are whole seconds, which can be set again exactly. */
function datedPictures(perClass: number): string {
  const folder = sampleFolder(perClass);
  for (const file of filesOf(folder)) utimesSync(file, TIME_S, TIME_S);
  return folder;
}

/** Replaces the content of all pictures in such a way that they still count as unchanged. */
function blank(folder: string): void {
  for (const file of filesOf(folder)) {
    writeFileSync(file, Buffer.alloc(statSync(file).size));
    utimesSync(file, TIME_S, TIME_S);
  }
}

beforeAll(() => {
  pictures = sampleFolder(6);
});

it('prepares the pixels of the recipe, the same as training would', async () => {
  const project = projectIn();
  await done('import', pictures, '--project', project);
  const cache = new BlobCache(path.join(project, 'cache/pixels'));
  for (const file of filesOf(pictures)) {
    const options = { size: SIZE, resize: 'bilinear' } as const;
    const bytes = readFileSync(file);
    expect(cache.get(pixelKey(sha256(bytes), options))).toEqual(await preparePixels(bytes, options));
  }
});

it('trains on augmented pictures without decoding what import has prepared', async () => {
  const folder = datedPictures(6);
  const project = projectIn();
  await done('import', folder, '--project', project, '--thumbnails');
  blank(folder);
  const { counts, leftOut } = (await done('train', project, ...SMALL)) as unknown as {
    counts: Record<'train' | 'validation', [number, number]>;
    leftOut: unknown[];
  };
  expect(leftOut).toEqual([]);
  expect([...counts.train, ...counts.validation].reduce((sum, count) => sum + count)).toBe(12);
});

it('indexes without decoding what import has prepared', async () => {
  const folder = datedPictures(6);
  const project = projectIn();
  await done('import', folder, '--project', project);
  blank(folder);
  const { code, events, stderr } = await run('index', project, '--json');
  expect(code, stderr).toBe(0);
  expect(events.filter(({ event }) => event === 'problems' || event === 'left-out')).toEqual([]);
  const { kinds } = (await done('cache', project)) as unknown as { kinds: Record<string, { files: number }> };
  expect(kinds.index!.files).toBeGreaterThan(0);
});

it('decodes pictures again for a recipe that import did not prepare', async () => {
  const folder = datedPictures(6);
  const project = projectIn();
  await done('import', folder, '--project', project);
  blank(folder);
  const { code, events, stdout } = await run('train', project, ...SMALL, '--size', '139', '--json');
  expect(code).not.toBe(0);
  expect(events.some(({ event }) => event === 'problems')).toBe(false);
  expect(stdout).toContain('its content has changed since');
});

it('keeps a limit of the cache', async () => {
  const project = projectIn();
  await done('import', sampleFolder(2), '--project', project);
  await done('cache', project, '--limit', '1MB');
  const { code, stderr } = await run('import', sampleFolder(20), '--project', project);
  expect(code).toBe(0);
  expect(stderr).toMatch(/Removed [\d.]+ [kM]B from the cache/);
  const { total } = (await done('cache', project)) as unknown as { total: { bytes: number } };
  expect(total.bytes).toBeLessThanOrEqual(1e6);
});

it('leaves no half-written pixels when it is killed, and completes when repeated', async () => {
  const folder = sampleFolder(60);
  const project = projectIn();
  const running = start(['import', folder, '--project', project, '--json']);
  const pixels = path.join(project, 'cache/pixels');
  const written = (): number => {
    try {
      return filesOf(pixels).length;
    } catch {
      return 0;
    }
  };
  while (written() < 5 && running.child.exitCode === null)
    await new Promise((resolve) => setTimeout(resolve, 2));
  process.kill(-running.child.pid!, 'SIGKILL');
  await running.finished;
  const before = written();
  expect(before).toBeGreaterThan(0);
  expect(before).toBeLessThan(120);
  await done('import', folder, '--project', project);
  const { kinds } = (await done('cache', project)) as unknown as { kinds: Record<string, { files: number }> };
  expect(kinds.pixels!.files).toBeGreaterThanOrEqual(120 - before);
  await done('train', project, ...SMALL);
  const cache = new BlobCache(pixels);
  const options = { size: SIZE, resize: 'bilinear' } as const;
  for (const file of filesOf(folder)) {
    const bytes = readFileSync(file);
    expect(cache.get(pixelKey(sha256(bytes), options))?.length).toBe(SIZE * SIZE * 3);
  }
});
