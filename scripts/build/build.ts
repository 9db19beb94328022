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
 * Builds main with its processes and threads, the preload script and the window into a temporary folder, which replaces
 * dist/ once it is complete.
 *
 * @param stamp written to dist/stamp, to recognise later whether the sources have changed
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

/** Writes the generated files: icons, and the licences of the installed packages. */
export async function writeExtras(out: string): Promise<void> {
  await drawIcons(out);
  await writeFile(join(out, 'THIRD_PARTY.md'), thirdPartyNotices());
}
