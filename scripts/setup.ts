import { join } from 'node:path';
import { Command, Option } from 'commander';
import { toFailure } from '../shared/errors.ts';
import { formatDuration } from '../shared/format.ts';
import { installAllDebianPackages } from './setup/debian.ts';
import { withLock } from './setup/lock.ts';
import { ProgressPrinter } from './setup/progress.ts';
import { isReady, markReady, PURPOSES, ROOT, type Purpose } from './setup/step.ts';
import { stepsFor } from './setup/steps.ts';

/**
 * Runs the missing steps for `purposes`, in one process at a time.
 *
 * @param retryFallbacks whether to try again what could not be fetched before, rather than once a day
 */
async function setUp(purposes: readonly Purpose[], retryFallbacks: boolean): Promise<void> {
  const steps = stepsFor(purposes);
  if (steps.every((step) => isReady(step, retryFallbacks))) return;
  const startedMs = Date.now();
  const progress = new ProgressPrinter(process.stdout);
  const runSteps = async (): Promise<void> => {
    for (const step of steps) {
      if (isReady(step, retryFallbacks)) continue;
      const installed = await step.install(progress);
      const result = typeof installed === 'string' ? { outcome: installed, isFallback: false } : installed;
      markReady(step, result);
      progress.finish();
      console.log(`✓ ${result.outcome}`);
    }
  };
  try {
    const onWait = (): void => progress.stage('Waiting for another set-up of this checkout');
    await withLock(join(ROOT, '.cache', 'setup'), runSteps, onWait);
  } finally {
    progress.finish();
  }
  console.log(`Set-up complete (${formatDuration(Date.now() - startedMs)}).`);
}

/** Writes no stamp: files of root in the checkout would be in the way of its owner's set-up. */
async function installSystemPackages(): Promise<void> {
  const progress = new ProgressPrinter(process.stdout);
  try {
    const outcome = await installAllDebianPackages(progress);
    progress.finish();
    console.log(`✓ ${outcome}`);
  } finally {
    progress.finish();
  }
}

const command = new Command('npm run setup --')
  .description(
    'Installs what this checkout needs beyond npm packages: native runtimes, model weights, sample pictures.\n' +
      'Does nothing when everything is there. Can be interrupted and run again at any time.',
  )
  .usage('[--for cli|test|app|all | --system-packages]')
  .addOption(
    new Option('--for <purpose>', 'install only what the command line, the tests or the app need')
      .choices([...PURPOSES, 'all'])
      .default('all'),
  )
  .addOption(
    new Option(
      '--system-packages',
      'install only the Debian packages that the commands and tests need, as root, and nothing in the checkout',
    ).conflicts('for'),
  )
  .addHelpText(
    'after',
    '\nEnvironment variables for mirrors, proxies and the download folder: docs/decisions/native-runtimes.md',
  )
  .showHelpAfterError()
  .exitOverride(({ code, exitCode }) => process.exit(code === 'commander.helpDisplayed' ? exitCode : 2));
const { for: wanted, systemPackages } = command
  .parse()
  .opts<{ for: Purpose | 'all'; systemPackages?: boolean }>();

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    console.error('\nSet-up interrupted. Run the same command to resume.');
    process.exit(code);
  });
}
try {
  // Commands run it with a purpose before they start, which should not delay each of them.
  if (systemPackages) await installSystemPackages();
  else await setUp(wanted === 'all' ? PURPOSES : [wanted], wanted === 'all');
  process.exit(0);
} catch (error) {
  console.error(`✗ ${toFailure(error).message}`);
  if (process.env.DEBUG !== undefined) console.error(error);
  process.exit(1);
}
