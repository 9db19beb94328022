import type { EvaluatedSet } from '../../shared/jobs.ts';
import type { Evaluation } from '../../shared/metrics.ts';
import { formatInterval, plural } from '../../shared/format.ts';
import { statedThreshold } from '../../shared/swap.ts';
import { table } from './format.ts';
import type { Output } from './output.ts';

/** Accuracy, confusion matrix and rates of an evaluation, for people. */
export function showEvaluation(
  evaluation: Evaluation,
  classes: readonly [string, string],
  output: Output,
  on: EvaluatedSet = 'validation',
): void {
  const { accuracy, confusion, precision, recall, rocAuc, averagePrecision, loss, threshold } = evaluation;
  const rate = (value: typeof precision): string =>
    value ? formatInterval(value) : 'undefined: nothing to divide by';
  const area = (value: number | null): string => value?.toFixed(4) ?? 'undefined: one class only';
  output.line();
  output.line(
    table(
      ['', `predicted ${classes[0]}`, `predicted ${classes[1]}`],
      confusion.map((row, label) => [`true ${classes[label]!}`, ...row]),
    ),
  );
  output.line();
  output.line(
    `Accuracy           ${formatInterval(accuracy)}  on ${plural(evaluation.count, `${on} picture`)}`,
  );
  output.line(
    `Precision          ${rate(precision)}  of "${classes[1]}" at a threshold of ${statedThreshold(threshold)}`,
  );
  output.line(`Recall             ${rate(recall)}`);
  output.line(`ROC AUC            ${area(rocAuc)}`);
  output.line(`Average precision  ${area(averagePrecision)}`);
  output.line(`Loss               ${loss.toFixed(4)}`);
  output.line('Parentheses: 95% Wilson confidence intervals.');
}
