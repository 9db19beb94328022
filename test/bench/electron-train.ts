import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochRecord } from '../../shared/library/runs.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import type { Benchmark } from './benchmark.ts';
import { openWindow } from './open-window.ts';
import { generatedPictures, SMALL } from './pictures.ts';
import { summarise } from './statistics.ts';
import { train } from './twofold.ts';

const COUNTS = { train: 200, validation: 100 };
const EPOCHS = 4;
const ROUNDS = 2;
const POLL_MS = 500;

export const benchmark: Benchmark = {
  name: 'electron-train',
  title: `an epoch of the tutorial's settings, ${COUNTS.train} + ${COUNTS.validation} JPEGs, in the app with its charts in sight and on the command line`,
  run: async ({ progress }) => {
    const pictures = await generatedPictures({ ...SMALL, counts: COUNTS }, progress);
    const inApp: number[] = [];
    const onCli: number[] = [];
    let longestPauseMs = 0;
    // In turns, and the other way round in every other round, so that both see the same machine.
    for (let round = 0; round < ROUNDS; round++) {
      const steps = [
        async (): Promise<void> => {
          const stage = `Training in the app (round ${round + 1} of ${ROUNDS})`;
          const { epochs, pauseMs } = await trainInApp(pictures, stage, progress);
          inApp.push(...laterSeconds(epochs));
          longestPauseMs = Math.max(longestPauseMs, pauseMs);
        },
        async (): Promise<void> => {
          progress.stage(`Training on the command line (round ${round + 1} of ${ROUNDS})`);
          onCli.push(...laterSeconds((await train(pictures, ['--epochs', String(EPOCHS)])).epochs));
        },
      ];
      for (const step of round % 2 === 0 ? steps : steps.reverse()) await step();
    }
    const app = summarise(inApp);
    const cli = summarise(onCli);
    return {
      measurements: [
        {
          what: 'an epoch in the app',
          unit: 's',
          value: app.median,
          baseline: { what: 'on the command line', value: cli.median },
          target: { of: 'ratio', limit: 1.1, better: 'lower' },
        },
        {
          what: 'longest pause of the main process meanwhile',
          unit: 'ms',
          value: longestPauseMs,
          target: { of: 'value', limit: 50, better: 'lower' },
        },
      ],
      details: { app, cli, counts: COUNTS, epochs: EPOCHS, rounds: ROUNDS },
      notes: ['Epochs after the first, validation included; the first also decodes the pictures.'],
    };
  },
};

/** Epochs after the first, in seconds. */
const laterSeconds = (epochs: readonly { durationMs: number }[]): number[] =>
  epochs.slice(1).map(({ durationMs }) => durationMs / 1000);

/** A new project, imported and trained in the real window, with nothing cached. */
async function trainInApp(
  pictures: string,
  stage: string,
  progress: Progress,
): Promise<{ epochs: EpochRecord[]; pauseMs: number }> {
  const home = await mkdtemp(join(tmpdir(), 'twofold-bench-'));
  const app = await openWindow({ home, size: [1280, 800] }, progress);
  progress.stage(stage);
  try {
    await app.call('project.create', { folder: join(app.documents, 'bench.twofold') });
    await app.call('import.start', { paths: [pictures] });
    await app.page.getByRole('button', { name: 'Train', exact: true }).first().click();
    await app.page.getByRole('tab', { name: /^Runs/ }).click();
    await app.call('system.delays', { reset: true });
    const { id } = await app.call('train.start', { recipe: { ...DEFAULT_RECIPE, epochs: EPOCHS } });
    await app.page.getByRole('img', { name: /^Loss over/ }).waitFor();
    while ((await app.call('train.state')) !== null) await app.page.waitForTimeout(POLL_MS);
    const { maxMs } = await app.call('system.delays', { reset: true });
    return { epochs: await app.call('runs.epochs', { run: id }), pauseMs: maxMs };
  } finally {
    await app.close();
    await rm(home, { recursive: true, force: true });
  }
}
