import { join } from 'node:path';
import { requirePackages } from '../../scripts/setup/debian.ts';
import { runOrThrow } from '../../scripts/setup/child.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import { ROOT } from '../../scripts/setup/step.ts';
import type { AppUnderTest, LaunchOptions } from '../kit/window/harness.ts';

/**
 * Makes ready what a window takes more than the command line: Electron, a screen where there is none, the built app. Done
 * when the first benchmark asks for it, so that the others do not wait for it.
 *
 * @throws TwofoldError with what is missing and how it is had
 */
export async function makeAppReady(progress: Progress): Promise<typeof AppUnderTest> {
  progress.stage('Making the app ready');
  const needsScreen = process.platform === 'linux' && (process.env.DISPLAY ?? '') === '';
  if (needsScreen) await requirePackages(['xvfb', 'xauth'], 'a window without a screen', progress);
  const setup = join(ROOT, 'scripts', 'setup.ts');
  await runOrThrow(
    'Setting up the app',
    process.execPath,
    [...process.execArgv, setup, '--for', 'app'],
    {},
    (line) => progress.stage(line.replace(/^✓ /, '')),
  );
  // Loading it builds the app.
  return (await import('../kit/window/harness.ts')).AppUnderTest;
}

/** Opens the real window. Throws as `makeAppReady` does. */
export async function openWindow(options: LaunchOptions, progress: Progress): Promise<AppUnderTest> {
  const app = await makeAppReady(progress);
  progress.stage('Opening the window');
  return app.launch(options);
}
