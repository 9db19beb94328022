import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build as bundle } from 'esbuild';
import { build as buildRenderer } from 'vite';
import { bundlePreload, programBundle } from './bundle.mjs';
import { drawIcons } from './icons.ts';
import { ROOT } from './sources.mjs';
import { thirdPartyNotices } from './third-party.ts';

export const DIST = join(ROOT, 'dist');

/**
 * Builds main with its processes and threads, the preload script and the window into dist/. It takes dist/'s place only
 * when it is whole, so that an app that runs from it is not left with half of it.
 *
 * @param stamp written into dist/stamp, to tell later whether it is still what the sources say
 */
export async function build(stamp: string): Promise<void> {
  const draft = join(ROOT, '.cache', `build-${process.pid}`);
  try {
    await mkdir(draft, { recursive: true });
    await Promise.all([
      bundle(programBundle({ app: 'main/app.ts' }, join(draft, 'main'))),
      bundlePreload(join(draft, 'main')),
      buildRenderer({
        configFile: join(ROOT, 'vite.config.ts'),
        logLevel: 'warn',
        build: { outDir: join(draft, 'renderer') },
      }),
    ]);
    await writeExtras(draft);
    await writeFile(join(draft, 'stamp'), stamp);
    await rm(DIST, { recursive: true, force: true });
    await rename(draft, DIST);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/** What is neither bundled nor kept in the repository: icons and the licences of what is installed. */
export async function writeExtras(out: string): Promise<void> {
  await drawIcons(out);
  await writeFile(join(out, 'THIRD_PARTY.md'), thirdPartyNotices());
}
