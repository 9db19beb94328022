import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toFailure, TwofoldError } from '../shared/errors.ts';
import { ensureVenv, type KerasVersion } from './keras-venv.ts';
import { ProgressPrinter } from './setup/progress.ts';
import { checkExports } from './test-keras/check-exports.ts';
import { makeExports, type ExportedRun } from './test-keras/make-exports.ts';
import { checkOnnxSample } from './test-keras/onnx-sample.ts';
import { Report } from './test-keras/report.ts';
import { trainOnTwoWorkers, trainWithScript } from './test-keras/train-script.ts';

/*
 * `npm run test:keras`: checks that real Keras loads, predicts with and trains from what Twofold exports. Needs PyPI
 * once, for the virtual environments; without them, says why and succeeds.
 */

const VERSIONS: readonly KerasVersion[] = ['2.15', '3'];

async function main(progress: ProgressPrinter): Promise<boolean> {
  const pythons = await environments(progress);
  if (!pythons) return true;
  const report = new Report(progress);
  const folder = await mkdtemp(join(tmpdir(), 'twofold-keras-'));
  try {
    const runs = await makeExports(folder, progress);
    for (const [version, python] of pythons) {
      for (const run of runs)
        await checkExports(report, { version, python, run, samples: run === runs.at(-1) });
    }
    const small: ExportedRun = runs.at(-1)!;
    for (const [version, python] of pythons) await trainWithScript(report, { version, python, run: small });
    await trainOnTwoWorkers(report, { version: '2.15', python: pythons.get('2.15')!, run: small });
    await checkOnnxSample(report, { python: pythons.get('3')!, run: small, folder });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return report.finish();
}

/** Python of each version of Keras; null, with a line that says why, when they can't be installed. */
async function environments(progress: ProgressPrinter): Promise<Map<KerasVersion, string> | null> {
  const pythons = new Map<KerasVersion, string>();
  try {
    for (const version of VERSIONS) pythons.set(version, await ensureVenv(version, progress));
    return pythons;
  } catch (error) {
    if (!(error instanceof TwofoldError)) throw error;
    progress.finish();
    console.log(`test:keras skipped: ${error.message.split('\n')[0]}`);
    return null;
  }
}

const progress = new ProgressPrinter(process.stderr);
try {
  process.exitCode = (await main(progress)) ? 0 : 1;
} catch (error) {
  progress.finish();
  console.error(toFailure(error).message);
  process.exitCode = 1;
}
