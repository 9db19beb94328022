import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { runOrThrow } from '../../scripts/setup/child.ts';
import type { Progress } from '../../scripts/setup/progress.ts';
import { benchFolder, exists } from './folders.ts';

const VERSION = '2.9.0';

export interface LabelTask {
  labels: readonly (0 | 1)[];
  /** Of class 1, out of fold. */
  probabilities: readonly number[];
}

/**
 * Ranks the labels of each task by cleanlab's `get_label_quality_scores` (self-confidence), the most suspect first. Installs
 * it in a virtual environment of the user's cache on first use, from PyPI.
 */
export async function rankWithCleanlab(tasks: readonly LabelTask[], progress: Progress): Promise<number[][]> {
  const venv = benchFolder(`cleanlab-${VERSION}`);
  const python = join(venv, 'bin', 'python');
  if (!(await exists(join(venv, 'complete')))) {
    progress.stage(`Installing cleanlab ${VERSION} from PyPI`);
    await runOrThrow('Python could not make an environment', 'python3', ['-m', 'venv', venv]);
    await runOrThrow('cleanlab could not be installed', python, [
      '-m',
      'pip',
      'install',
      '-q',
      `cleanlab==${VERSION}`,
    ]);
    await writeFile(join(venv, 'complete'), '');
  }
  const folder = await mkdtemp(join(benchFolder(), 'cleanlab-tasks-'));
  try {
    const file = join(folder, 'tasks.json');
    await writeFile(file, JSON.stringify(tasks));
    const script = fileURLToPath(new URL('./contenders/cleanlab_rank.py', import.meta.url));
    const answer = await runOrThrow('cleanlab failed', python, [script, file]);
    return z.array(z.array(z.int())).parse(JSON.parse(answer));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
