import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { toFailure } from '../shared/errors.ts';
import { withLock } from './setup/lock.ts';
import { ProgressPrinter, formatSeconds } from './setup/progress.ts';
import { isReady, markReady, PURPOSES, ROOT, type Purpose } from './setup/step.ts';
import { stepsFor } from './setup/steps.ts';

const USAGE = `Usage: npm run setup -- [--for cli|test|app|all]

Makes this checkout ready: the native runtimes, the default weights and the sample pictures.
Does nothing when everything is there; can be interrupted and run again at any time.

  --for cli    what the command line and the demonstration need
  --for test   what the tests need
  --for app    what the app needs
  --for all    everything (the default)

The environment can name other places to download from and to keep downloads in: see docs/decisions/native-runtimes.md.`;

/** Reads `--for`; undefined when it is not one that we know. */
function parsePurposes(args: string[]): readonly Purpose[] | 'help' | undefined {
  try {
    const { values } = parseArgs({
      args,
      options: { for: { type: 'string', default: 'all' }, help: { type: 'boolean', short: 'h' } },
    });
    if (values.help === true) return 'help';
    if (values.for === 'all') return PURPOSES;
    const purpose = PURPOSES.find((each) => each === values.for);
    return purpose === undefined ? undefined : [purpose];
  } catch {
    return undefined;
  }
}

/** Runs whatever is missing for `purposes`, one process at a time. */
async function setUp(purposes: readonly Purpose[]): Promise<void> {
  const steps = stepsFor(purposes);
  if (steps.every(isReady)) return;
  const startedMs = Date.now();
  const progress = new ProgressPrinter(process.stdout);
  const onWait = (holder: number): void =>
    progress.stage(`Waiting for the set-up that runs already (process ${holder})`);
  try {
    await withLock(
      join(ROOT, '.cache', 'setup', 'lock'),
      async () => {
        for (const step of steps) {
          if (isReady(step)) continue;
          const outcome = await step.install(progress);
          markReady(step, outcome);
          progress.finish();
          console.log(`✓ ${outcome}`);
        }
      },
      onWait,
    );
  } finally {
    progress.finish();
  }
  console.log(`Set-up is complete (${formatSeconds((Date.now() - startedMs) / 1000)}).`);
}

const purposes = parsePurposes(process.argv.slice(2));
if (purposes === undefined || purposes === 'help') {
  (purposes === 'help' ? console.log : console.error)(USAGE);
  process.exit(purposes === 'help' ? 0 : 2);
}
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    console.error('\nSet-up was stopped. Run the same command again: it goes on where it was.');
    process.exit(code);
  });
}
try {
  await setUp(purposes);
  process.exit(0);
} catch (error) {
  console.error(`✗ ${toFailure(error).message}`);
  if (process.env.DEBUG !== undefined) console.error(error);
  process.exit(1);
}
