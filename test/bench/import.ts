import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pictureRng } from '../../main/pictures/random.ts';
import { sharp } from '../../main/pictures/sharp.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import type { AppUnderTest } from '../kit/window/harness.ts';
import type { Benchmark } from './benchmark.ts';
import { PICTURES, withLargeLibrary } from './large-library.ts';
import { openWindow } from './open-window.ts';

const IMPORTED = 3000;
const SIDE = 96;

export const benchmark: Benchmark = {
  name: 'import',
  title: `importing ${IMPORTED.toLocaleString('en')} small pictures in the real window`,
  run: async ({ progress }) => {
    const folder = await mkdtemp(join(tmpdir(), 'twofold-bench-'));
    try {
      const pictures = join(folder, 'pictures');
      await writePictures(pictures, progress);
      const empty = await importInto(pictures, progress);
      const large = await withLargeLibrary(progress, (app) => importing(app, pictures, progress));
      const row = (what: string, key: keyof Imported) => ({
        what,
        unit: 'ms',
        value: large[key],
        baseline: { what: 'into an empty library', value: empty[key] },
      });
      return {
        measurements: [
          {
            ...row('longest pause of the main process', 'pauseMs'),
            target: { of: 'value', limit: 50, better: 'lower' },
          },
          {
            ...row('of that it computed by itself, at most', 'computedMs'),
            target: { of: 'value', limit: 50, better: 'lower' },
          },
          {
            what: 'pictures a second',
            unit: 'pictures/s',
            value: large.perSecond,
            baseline: { what: 'into an empty library', value: empty.perSecond },
          },
        ],
        notes: [
          `Into a library of ${PICTURES.toLocaleString('en')} pictures, which the window shows and reads anew as it grows.`,
        ],
        details: { large, empty },
      };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};

interface Imported {
  pauseMs: number;
  computedMs: number;
  perSecond: number;
}

/** Two classes of small pictures, no two the same: what is measured is what an import does besides decoding. */
async function writePictures(folder: string, progress: Progress): Promise<void> {
  progress.stage(`Making ${IMPORTED.toLocaleString('en')} pictures of ${SIDE}×${SIDE}`);
  for (const name of ['one', 'other']) await mkdir(join(folder, name), { recursive: true });
  for (let n = 0; n < IMPORTED; n++) {
    const random = pictureRng(n, 0, 0);
    const pixels = new Uint8Array(SIDE * SIDE * 3).fill(Math.floor(256 * random()));
    const jpeg = await sharp(pixels, { raw: { width: SIDE, height: SIDE, channels: 3 } })
      .jpeg()
      .toBuffer();
    // What follows the end of the picture is no part of it, but makes each file one of its own.
    await writeFile(
      join(folder, n % 2 ? 'one' : 'other', `${String(n).padStart(5, '0')}.jpg`),
      Buffer.concat([jpeg, Buffer.from(String(n))]),
    );
    progress.update(n + 1, IMPORTED, 'items');
  }
}

async function importInto(pictures: string, progress: Progress): Promise<Imported> {
  const home = await mkdtemp(join(tmpdir(), 'twofold-bench-'));
  const app = await openWindow({ home, size: [1280, 800] }, progress);
  try {
    await app.call('project.create', { folder: join(app.documents, 'bench.twofold') });
    return await importing(app, pictures, progress);
  } finally {
    await app.close();
    await rm(home, { recursive: true, force: true });
  }
}

async function importing(app: AppUnderTest, pictures: string, progress: Progress): Promise<Imported> {
  await app.watchMain();
  // Opening a project is followed by a look at its files.
  await app.page.waitForTimeout(4000);
  progress.stage('Importing');
  await app.call('system.delays', { reset: true });
  await app.mainAway();
  const startedAt = performance.now();
  await app.call('import.start', { paths: [pictures] });
  const seconds = (performance.now() - startedAt) / 1000;
  // The window reads what it shows once more.
  await app.page.waitForTimeout(1000);
  const { maxMs: pauseMs } = await app.call('system.delays', { reset: true });
  const { maxMs: computedMs } = await app.mainAway();
  return { pauseMs, computedMs, perSecond: IMPORTED / seconds };
}
