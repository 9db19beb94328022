import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadCli } from './build/cli.mjs';

/**
 * `npm run demo`: the main job from pictures to a model that answers, on the sample pictures, by the same commands that a
 * person would type.
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

// Each run of the demo is the whole job again; the project it leaves behind is for looking around.
await rm(project, { recursive: true, force: true });
const startedAt = performance.now();
await step('Import the sample pictures; their folders are the labels', [
  'import',
  samples,
  '--project',
  project,
]);
await step('Train: frozen InceptionV3, a new head, augmented pictures', [
  'train',
  project,
  '--epochs',
  EPOCHS,
]);
await step('How good is it?', ['evaluate', project]);
await step('Three pictures it has never seen', ['predict', project, unseen]);
console.log(
  `\nDone in ${Math.round((performance.now() - startedAt) / 1000)} s. The project is ${project}:\n` +
    `  npm run twofold -- runs ${project}\n  npm run twofold -- predict ${project} YOUR-PICTURES…`,
);
