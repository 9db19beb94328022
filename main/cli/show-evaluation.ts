import type { Evaluation } from '../../shared/metrics.ts';
import { interval, table } from './format.ts';
import type { Output } from './output.ts';

/** Confusion matrix and rates of an evaluation, for people. */
export function showEvaluation(
  evaluation: Evaluation,
  output: Output,
  classes: readonly [string, string] = ['0', '1'],
): void {
  const { confusion, precision, recall, rocAuc, averagePrecision, loss, threshold } = evaluation;
  output.line();
  output.line(
    table(
      ['', `predicted ${classes[0]}`, `predicted ${classes[1]}`],
      confusion.map((row, label) => [`is ${classes[label]}`, ...row]),
    ),
  );
  output.line();
  const rate = (value: typeof precision): string =>
    value ? interval(value) : 'undefined: nothing to divide by';
  output.line(`Loss              ${loss.toFixed(4)}`);
  output.line(`Precision         ${rate(precision)}  of "${classes[1]}" at threshold ${threshold}`);
  output.line(`Recall            ${rate(recall)}`);
  output.line(`ROC AUC           ${rocAuc?.toFixed(4) ?? 'undefined: one class only'}`);
  output.line(`Average precision ${averagePrecision?.toFixed(4) ?? 'undefined: one class only'}`);
  output.line('Intervals are Wilson’s at 95 %.');
}
