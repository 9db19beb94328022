import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../free-port.ts';
import { run as runProgram, type Ended } from '../setup/child.ts';
import { lastLines, type KerasCheck } from './check-exports.ts';
import type { ExportedRun } from './make-exports.ts';
import type { Report } from './report.ts';

const TIMEOUT_MS = 5 * 60_000;
const LAST = /^Best epoch \d+: validation loss ([\d.]+), accuracy [\d.]+\. Saved as/m;

/** Runs the exported training script on the exported folders, on one machine. */
export async function trainWithScript(report: Report, { version, python, run }: KerasCheck): Promise<void> {
  const title = `Keras ${version}: train.py trains from the class folders`;
  report.stage(title);
  const out = join(run.exports, `trained-${version}.h5`);
  const ended = await start(python, run, out);
  report.check(title, isDone(ended) && existsSync(out), lastWords(ended));
}

/** The same with two workers, which must report the same loss, since they train one model. */
export async function trainOnTwoWorkers(report: Report, { version, python, run }: KerasCheck): Promise<void> {
  const title = `Keras ${version}: train.py trains one model on two workers`;
  report.stage(title);
  const worker = [`localhost:${await freePort()}`, `localhost:${await freePort()}`];
  const out = join(run.exports, 'trained-by-two.h5');
  const ended = await Promise.all(
    worker.map((_, index) =>
      start(python, run, out, { cluster: { worker }, task: { type: 'worker', index } }),
    ),
  );
  const losses = ended.map(({ stdout }) => LAST.exec(stdout)?.[1]);
  report.check(
    title,
    ended.every(isDone) &&
      losses[0] === losses[1] &&
      existsSync(out) &&
      !existsSync(`${out.slice(0, -3)}.1.h5`),
    ended.map(lastWords).join(' | '),
  );
}

function start(python: string, run: ExportedRun, out: string, cluster?: object): Promise<Ended> {
  const script = join(run.exports, 'script', 'train.py');
  const base = join(run.exports, 'keras', 'model.h5');
  const args = [script, '--data', join(run.exports, 'folders'), '--base', base, '--out', out];
  return runProgram(python, args, {
    env: {
      TF_CPP_MIN_LOG_LEVEL: '3',
      PYTHONIOENCODING: 'utf-8',
      ...(cluster ? { TF_CONFIG: JSON.stringify(cluster) } : {}),
    },
    timeout: TIMEOUT_MS,
  });
}

const isDone = ({ failed, stdout }: Ended): boolean => !failed && LAST.test(stdout);

const lastWords = (ended: Ended): string =>
  isDone(ended) ? ended.stdout.trim().split('\n').at(-1)! : lastLines(ended.stderr);
