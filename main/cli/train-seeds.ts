import { formatPercent, plural } from '../../shared/format.ts';
import type { TrainResult } from '../../shared/jobs/train.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { withSeeds } from '../../shared/recipe/seeds.ts';
import { formatSpread, spreadOf } from '../../shared/spread.ts';
import { startTraining } from '../engine/train.ts';
import { spawnNodeProcess } from '../jobs/child.ts';
import { runDir, type Project } from '../library/folder.ts';
import { withInterrupt } from './interrupt.ts';
import type { Output } from './output.ts';
import { showTraining } from './show-training.ts';

interface Trained {
  run: string;
  seed: number;
  result: TrainResult;
}

/**
 * Trains the same recipe with several seeds, one run after the other, and shows mean and spread. The first Ctrl-C stops the
 * current run and starts no other.
 */
export async function trainSeeds(
  project: Project,
  { recipe, ...texts }: { recipe: Recipe; name?: string; note?: string },
  seeds: number,
  output: Output,
): Promise<void> {
  const trained: Trained[] = [];
  const stopped = new AbortController();
  for (const seeded of withSeeds(recipe, seeds)) {
    if (stopped.signal.aborted) break;
    const { run, job, result } = await startTraining(
      project,
      { recipe: seeded, ...texts },
      { spawn: spawnNodeProcess, onEvent: showTraining(project, seeded, output) },
    );
    output.event('start', { run: run.id, folder: runDir(project, run.id), recipe: run.recipe });
    output.line(`Run ${run.id}, seed ${seeded.seed} (${trained.length + 1} of ${seeds})`);
    const stop = (): void => {
      stopped.abort();
      job.stop();
    };
    const note = 'Stopping after this batch and keeping the best epoch; no other seed is trained';
    const ended = await withInterrupt(output, { note, first: stop, second: job.kill }, result).catch(
      (thrown: unknown) => {
        if (stopped.signal.aborted && trained.length > 0) return null;
        throw thrown;
      },
    );
    if (!ended) break;
    trained.push({ run: run.id, seed: seeded.seed, result: ended });
    const { kind: _kind, scores: _scores, ...fields } = ended;
    output.event('trained', { run: run.id, seed: seeded.seed, ...fields });
    output.line(
      `Kept epoch ${ended.bestEpoch} of ${ended.epochs}: validation accuracy ${formatPercent(ended.valAccuracy)}, ` +
        `loss ${ended.valLoss.toFixed(4)}`,
    );
    if (ended.end === 'diverged') output.exitCode = 1;
  }
  showSpread(trained, output);
}

function showSpread(trained: readonly Trained[], output: Output): void {
  const accuracy = spreadOf(trained.map(({ result }) => result.valAccuracy));
  const loss = spreadOf(trained.map(({ result }) => result.valLoss));
  const runs = trained.map(({ run, seed, result: { valAccuracy, valLoss } }) => ({
    run,
    seed,
    valAccuracy,
    valLoss,
  }));
  output.event('done', { runs, accuracy, loss });
  output.line();
  output.line(
    `${plural(trained.length, 'run')} with seeds ${trained.map(({ seed }) => seed).join(', ')}: validation accuracy ` +
      `${formatSpread(accuracy)}, loss ${loss.mean.toFixed(4)} (standard deviation ${loss.sd.toFixed(4)}).`,
  );
}
