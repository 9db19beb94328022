import { copyFileSync, mkdirSync, renameSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { putPicture } from '../kit/library.ts';
import { done, run, temporaryFolder } from '../kit/cli.ts';

/** `label` and `labels --history` find pictures by the paths that people write. */

const NFC = 'Käfer';
const NFD = NFC.normalize('NFD');
let folder: string;
let project: string;
const at = (...names: string[]): string => path.join(folder, ...names);
const changed = async (label: string, ...files: string[]): Promise<unknown> =>
  (await done('label', project, label, ...files)).changed;

beforeAll(async () => {
  folder = temporaryFolder();
  project = at('p.twofold');
  await putPicture(at('real', NFD, '1.png'), 1);
  await putPicture(at('real', 'Biene', `${NFD}.png`), 2);
  await putPicture(at('elsewhere', 'target.png'), 3);
  symlinkSync(at('real'), at('link'));
  symlinkSync(at('elsewhere', 'target.png'), at('real', 'Biene', 'linked.png'));
  await done('import', at('link'), '--project', project);
});

test('classes are found in NFC and without case', async () => {
  expect(await changed('käfer', at('real', 'Biene', `${NFD}.png`))).toBe(1);
  expect(await changed('BIENE', at('real', 'Biene', `${NFD}.png`))).toBe(1);
  expect(await changed(NFC, at('real', 'Biene', `${NFD}.png`))).toBe(1);
  expect(await changed('Biene', at('real', 'Biene', `${NFD}.png`))).toBe(1);
});

test('pictures are found in NFC, in folders and file names, through links too', async () => {
  expect(await changed('clear', at('real', NFC, '1.png'), at('real', 'Biene', `${NFC}.png`))).toBe(2);
  expect(await changed('0', at('link', NFC, '1.png'), at('link', 'Biene', `${NFC}.png`))).toBe(2);
  expect(await changed('1', at('link', NFD, '1.png'))).toBe(1);
  const { events } = await run('labels', project, '--history', at('link', NFC, '1.png'), '--json');
  expect(events.at(-1)).toMatchObject({ event: 'done', events: 4 });
});

test('a linked file is found by its own path, by its target and by another link to it', async () => {
  symlinkSync(at('elsewhere', 'target.png'), at('another.png'));
  expect(await changed('clear', at('real', 'Biene', 'linked.png'))).toBe(1);
  expect(await changed('0', at('elsewhere', 'target.png'))).toBe(1);
  expect(await changed('1', at('another.png'))).toBe(1);
});

test('a copy of a picture is not the picture', async () => {
  copyFileSync(at('elsewhere', 'target.png'), at('copy.png'));
  const { code, stderr } = await run('label', project, '0', at('copy.png'));
  expect(code).toBe(1);
  expect(stderr).toContain(`${at('copy.png')} is not in this project`);
});

test('the exact path comes first, and two that are equal in NFC are ambiguous', async () => {
  const place = at('two');
  mkdirSync(place);
  // Composed, decomposed, and half of each: three names that are one in NFC.
  const half = `${NFC}${NFD}`;
  await putPicture(path.join(place, `${NFC}${NFC}.png`), 11);
  await putPicture(path.join(place, `${NFD}${NFD}.png`), 12);
  await done('import', place, '--project', project);
  expect(await changed('0', path.join(place, `${NFC}${NFC}.png`))).toBe(1);
  expect(await changed('0', path.join(place, `${NFD}${NFD}.png`))).toBe(1);
  const { code, stderr } = await run('label', project, '1', path.join(place, `${half}.png`));
  expect(code).toBe(1);
  expect(stderr).toContain('is not in this project');
});

test('a picture whose file is missing is still found by its path', async () => {
  renameSync(at('elsewhere', 'target.png'), at('elsewhere', 'gone.png'));
  expect(await changed('clear', at('real', 'Biene', 'linked.png'))).toBe(1);
});
