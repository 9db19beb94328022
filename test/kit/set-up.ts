import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { isReady, ROOT } from '../../scripts/setup/step.ts';
import { stepsFor } from '../../scripts/setup/steps.ts';

/** Before any test: what the tests need, which may have changed since the last set-up, such as the sample pictures. */
export default function setUp(): void {
  if (stepsFor(['test']).every((step) => isReady(step))) return;
  const tsx = createRequire(import.meta.url).resolve('tsx/cli');
  execFileSync(process.execPath, [tsx, join(ROOT, 'scripts/setup.ts'), '--for', 'test'], {
    stdio: 'inherit',
  });
}
