import { join } from 'node:path';
import { run as runProgram } from '../setup/child.ts';
import { lastLines } from './check-exports.ts';
import type { ExportedRun } from './make-exports.ts';
import type { Report } from './report.ts';

/** Runs the ONNX export's predict.py with ONNX Runtime from PyPI, which is installed outside the virtual environment. */
export async function checkOnnxSample(
  report: Report,
  { python, run, folder }: { python: string; run: ExportedRun; folder: string },
): Promise<void> {
  report.stage('ONNX Runtime for Python');
  const packages = join(folder, 'onnxruntime');
  const quiet = ['--disable-pip-version-check', '--no-input', '--quiet', '--no-deps', '--target', packages];
  const installed = await runProgram(python, [
    '-m',
    'pip',
    'install',
    ...quiet,
    'onnxruntime',
    'flatbuffers',
  ]);
  if (installed.failed) {
    report.skip(
      'onnx/predict.py',
      `onnxruntime could not be installed from PyPI: ${lastLines(installed.stderr)}`,
    );
    return;
  }
  const [path, probability] = run.predictions[0]!;
  const { failed, stdout, stderr } = await runProgram(python, ['predict.py', path], {
    cwd: join(run.exports, 'onnx'),
    env: { PYTHONPATH: packages, PYTHONIOENCODING: 'utf-8' },
  });
  const predicted = Number(stdout.trim().split('\t').at(-1));
  report.check(
    'onnx/predict.py prints class and probability',
    !failed && Math.abs(predicted - probability) < 1e-4,
    failed ? lastLines(stderr) : stdout.trim().split('\t').slice(1).join(' '),
  );
}
