import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { cr3File, RAW_KINDS } from '../kit/raw.ts';
import { done, QUICK, run, sampleFolder, temporaryFolder } from '../kit/cli.ts';

const reference = (name: string) => fileURLToPath(new URL(`../reference/pictures/${name}`, import.meta.url));

it('imports, trains on and predicts HEIC and raw photographs, and names the raw ones that it skips', async () => {
  const folder = temporaryFolder();
  const pictures = sampleFolder(6, path.join(folder, 'pictures'));
  const phone = path.join(pictures, 'flags');
  mkdirSync(phone, { recursive: true });
  for (const name of ['heic-tiles.heic', 'heic-turned-6.heic', 'heic-p3-profile.heic']) {
    copyFileSync(reference(name), path.join(phone, name));
  }
  const jpeg = new Uint8Array(readFileSync(reference('jpeg-420.jpg')));
  writeFileSync(path.join(phone, 'camera.cr3'), cr3File(jpeg, 70, 48, 1));
  writeFileSync(path.join(phone, 'small.dng'), RAW_KINDS.DNG!(jpeg, 700, 480, 1));

  const project = path.join(folder, 'p.twofold');
  const { events } = await run('import', pictures, '--project', project, '--json');
  expect(events.at(-1)).toMatchObject({ event: 'done', added: 16, leftOut: 1 });
  expect(events.find(({ event }) => event === 'left-out')).toMatchObject({
    path: path.join(phone, 'small.dng'),
    message: expect.stringContaining('a raw photograph (DNG) without a full-size preview') as string,
  });

  await done('train', project, '--epochs', '1', ...QUICK);
  const asked = ['heic-tiles.heic', 'camera.cr3', 'small.dng'].map((name) => path.join(phone, name));
  const { stdout, stderr } = await run('predict', project, ...asked);
  expect(stdout).toMatch(/heic-tiles\.heic/);
  expect(stdout).toMatch(/camera\.cr3/);
  expect(stdout + stderr).toMatch(/small\.dng.*without a full-size preview/s);
});
