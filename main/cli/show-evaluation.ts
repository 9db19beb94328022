import type { Split } from '../../shared/split.ts';
import {
  degenerateNote,
  type Evaluation,
  type Interval,
  type MetricIntervals,
} from '../../shared/metrics.ts';
import { formatCount, formatInterval, plural } from '../../shared/format.ts';
import { statedThreshold } from '../../shared/swap.ts';
import { table } from './format.ts';
import type { Output } from './output.ts';

/** Accuracy, confusion matrix and rates of an evaluation with their intervals, for people. */
export function showEvaluation(
  evaluation: Evaluation,
  intervals: MetricIntervals,
  classes: readonly [string, string],
  output: Output,
  on: Split | 'out-of-fold' = 'validation',
): void {
  const { accuracy, confusion, precision, recall, rocAuc, averagePrecision, loss, threshold } = evaluation;
  const rate = (value: Interval | null): string =>
    value ? formatInterval(value) : 'undefined: nothing to divide by';
  const area = (value: number | null, interval: Interval | null): string =>
    value === null
      ? 'undefined: one class only'
      : value.toFixed(4) + (interval ? ` (${interval.low.toFixed(4)} to ${interval.high.toFixed(4)})` : '');
  output.line();
  output.line(
    table(
      ['', `predicted ${classes[0]}`, `predicted ${classes[1]}`],
      confusion.map((row, label) => [`true ${classes[label]!}`, ...row]),
    ),
  );
  output.line();
  const what = on === 'train' ? 'training' : on;
  output.line(
    `Accuracy           ${formatInterval(accuracy)}  on ${plural(evaluation.count, `${what} picture`)}`,
  );
  output.line(
    `Precision          ${rate(precision)}  of "${classes[1]}" at a threshold of ${statedThreshold(threshold)}`,
  );
  output.line(`Recall             ${rate(recall)}`);
  output.line(`F1                 ${rate(intervals.f1)}`);
  output.line(`ROC AUC            ${area(rocAuc, intervals.rocAuc)}`);
  output.line(`Average precision  ${area(averagePrecision, intervals.averagePrecision)}`);
  output.line(`Calibration error  ${rate(intervals.calibrationError)}`);
  output.line(`Loss               ${loss.toFixed(4)}`);
  output.line(
    `Parentheses: 95% confidence intervals, Wilson for accuracy, precision and recall, bootstrap for the others (${formatCount(intervals.resamples)} resamples, seed ${intervals.seed}).${degenerateNote(intervals)}`,
  );
}
