import type { JobEvent } from '../../shared/jobs/messages.ts';
import type { TrainResult } from '../../shared/jobs/train.ts';
import { formatBytes, formatPercent, plural } from '../../shared/format.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import { imbalance } from '../../shared/recipe/class-weights.ts';
import type { Recipe } from '../../shared/recipe.ts';
import { trainingReport } from '../../shared/overfitting-gap.ts';
import { metricIntervals } from '../insight/metric-intervals.ts';
import { runDir, type Project } from '../library/folder.ts';
import { getClasses } from '../library/labels/classes.ts';
import { getCounts } from '../library/pictures/pictures.ts';
import { getEpochs } from '../library/runs/runs.ts';
import type { Output } from './output.ts';
import { showEvaluation } from './show-evaluation.ts';
import { showGap } from './show-gap.ts';
import { showJob } from './show-job.ts';

type Counts = TrainResult['counts'];

/** Shows what a run of a project reports while it trains. */
export function showTraining({ db }: Project, recipe: Recipe, output: Output): (event: JobEvent) => void {
  const { testClasses } = getCounts(db);
  const showCommon = showJob(output);
  return (event) => {
    if (event.type === 'split') {
      showSplit(event.counts, testClasses, output);
      if (recipe.classWeights === 'none') warnOfImbalance(event.counts.train, getClasses(db), output);
    } else if (event.type === 'epoch') showEpoch(event, output);
    else if (event.type === 'batch') output.event('batch', withoutType(event));
    else showCommon(event);
  };
}

const withoutType = <E extends { type: string }>({ type: _type, ...fields }: E): Omit<E, 'type'> => fields;

function showSplit(counts: Counts, tested: [number, number], output: Output): void {
  const { train, validation } = counts;
  output.event('split', { ...counts, test: tested });
  output.line(
    `${plural(train[0] + train[1], 'picture')} to train on (${train.join(' + ')}), ` +
      `${plural(validation[0] + validation[1], 'picture')} for validation (${validation.join(' + ')})`,
  );
  const count = tested[0] + tested[1];
  if (count > 0) output.line(`${plural(count, 'picture')} in the test set (${tested.join(' + ')}), not used`);
}

function showEpoch(event: Extract<JobEvent, { type: 'epoch' }>, output: Output): void {
  const epoch = withoutType(event);
  output.event('epoch', epoch);
  output.line(
    `Epoch ${String(epoch.epoch).padStart(3)}  loss ${epoch.loss.toFixed(4)}  accuracy ${formatPercent(epoch.accuracy).padStart(7)}` +
      `  val loss ${epoch.valLoss.toFixed(4)}  val accuracy ${formatPercent(epoch.valAccuracy).padStart(7)}` +
      `  ${(epoch.durationMs / 1000).toFixed(1)} s${epoch.best ? '  best so far' : ''}`,
  );
}

function warnOfImbalance(train: Counts['train'], classes: readonly { name: string }[], output: Output): void {
  const ratio = imbalance(train);
  if (ratio === null) return;
  output.event('imbalance', { train, ratio });
  const [fewer, more] = train[0] < train[1] ? [0, 1] : [1, 0];
  output.note(
    `Unbalanced classes: ${plural(train[more]!, 'training picture')} of "${classes[more]!.name}" and ${train[fewer]!} of ` +
      `"${classes[fewer]!.name}". The model may predict "${classes[more]!.name}" too often. ` +
      'Train with --class-weights balanced, or label more pictures of the smaller class.',
  );
}

const END_SENTENCES = {
  completed: 'All epochs completed.',
  'early-stopped': 'Stopped early: the validation loss no longer fell.',
  stopped: 'Stopped.',
  diverged:
    'The loss became infinite or not a number, so training ended. Train a new run with a smaller --learning-rate.',
} as const;

/** Shows how training ended and how good the run is. */
export async function showTrained(
  project: Project,
  run: RunRecord,
  result: TrainResult,
  output: Output,
): Promise<void> {
  const { kind: _kind, scores, ...fields } = result;
  const folder = runDir(project, run.id);
  const intervals = await metricIntervals(
    scores.map(({ probability, label }) => ({ probability: probability!, label })),
    { threshold: result.evaluation.threshold },
  );
  const reported = trainingReport(result, getEpochs(project.db, run.id));
  output.event('done', { run: run.id, folder, ...fields, intervals, reported });
  output.line(
    `${END_SENTENCES[result.end]} Kept epoch ${result.bestEpoch} of ${result.epochs}, which has the lowest validation loss.`,
  );
  showEvaluation(result.evaluation, intervals, run.classes, output);
  showGap(project, run.id, output);
  output.line(`Peak memory ${formatBytes(result.peakMemoryBytes)}. Model: ${folder}`);
  if (result.end === 'diverged') output.exitCode = 1;
}
