import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { KerasVersion } from '../keras-venv.ts';
import { run as runProgram } from '../setup/child.ts';
import type { ExportedRun } from './make-exports.ts';
import type { Report } from './report.ts';

export interface KerasCheck {
  version: KerasVersion;
  python: string;
  run: ExportedRun;
}

const SCRIPT = fileURLToPath(new URL('./check_exports.py', import.meta.url));

/**
 * Loads the `.h5`, the SavedModel and the class folders in real Keras, and compares predictions with the app's.
 *
 * @param check `samples`: also run every predict.py, each in its own process
 */
export async function checkExports(
  report: Report,
  { version, python, run, samples }: KerasCheck & { samples: boolean },
): Promise<void> {
  const title = `Keras ${version}, ${run.name}`;
  report.stage(title);
  const request = join(run.exports, 'request.json');
  writeFileSync(request, JSON.stringify({ ...run, samples }));
  const { failed, stdout, stderr } = await runProgram(python, [SCRIPT, request], {
    env: { TF_CPP_MIN_LOG_LEVEL: '3', PYTHONIOENCODING: 'utf-8' },
  });
  for (const line of stdout.split('\n')) {
    const found = /^CHECK (ok|failed)\t([^\t]*)\t(.*)$/.exec(line);
    if (found) report.check(`${title}: ${found[2]!}`, found[1] === 'ok', found[3]);
  }
  if (failed) report.check(`${title}: all checks ran`, false, lastLines(stderr));
}

export const lastLines = (text: string): string => text.trim().split('\n').slice(-6).join('\n');
