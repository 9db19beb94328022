import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadCli } from './build/cli.mjs';

/**
 * `npm run demo`: imports the sample pictures, trains, evaluates and predicts, with the usual commands.
 */
const { main } = await loadCli();
const samples = fileURLToPath(new URL('../.cache/samples', import.meta.url));
const unseen = fileURLToPath(new URL('../.cache/unseen', import.meta.url));
const project = fileURLToPath(new URL('../demo.twofold', import.meta.url));
const EPOCHS = process.env.TWOFOLD_DEMO_EPOCHS ?? '4';

async function step(title: string, argv: string[]): Promise<void> {
  console.log(
    `\n${title}\n$ twofold ${argv.map((word) => (/[\s"']/.test(word) ? JSON.stringify(word) : word)).join(' ')}`,
  );
  const code = await main(argv);
  if (code !== 0) process.exit(code);
}

// Each demo starts over; its project is kept for exploring.
await rm(project, { recursive: true, force: true });
const startedAt = performance.now();
await step('Import the sample pictures, labelled by their folders', [
  'import',
  samples,
  '--project',
  project,
]);
await step('Train a new head on frozen InceptionV3, with augmentation', [
  'train',
  project,
  '--epochs',
  EPOCHS,
]);
await step('Evaluate on the validation set', ['evaluate', project]);
await step('Classify three new pictures', ['predict', project, unseen]);
console.log(
  `\nDone in ${Math.round((performance.now() - startedAt) / 1000)} s. Explore the project ${project}:\n` +
    `  npm run twofold -- runs ${project}\n  npm run twofold -- predict ${project} YOUR-PICTURES…`,
);
