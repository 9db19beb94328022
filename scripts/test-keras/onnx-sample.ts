import { join } from 'node:path';
import { run as runProgram } from '../setup/child.ts';
import { lastLines } from './check-exports.ts';
import type { ExportedRun } from './make-exports.ts';
import type { Report } from './report.ts';

/** Runs the ONNX export's predict.py with ONNX Runtime for Python, from PyPI, beside the environment's own packages. */
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
  if (installed.code !== 0) {
    report.skip('onnx/predict.py', `onnxruntime does not install from PyPI: ${lastLines(installed.stderr)}`);
    return;
  }
  const [path, probability] = run.answers[0]!;
  const { code, stdout, stderr } = await runProgram(python, ['predict.py', path], {
    cwd: join(run.exports, 'onnx'),
    env: { ...process.env, PYTHONPATH: packages, PYTHONIOENCODING: 'utf-8' },
  });
  const answer = Number(stdout.trim().split('\t').at(-1));
  report.check(
    'onnx/predict.py prints class and probability',
    code === 0 && Math.abs(answer - probability) < 1e-4,
    code === 0 ? stdout.trim().split('\t').slice(1).join(' ') : lastLines(stderr),
  );
}
