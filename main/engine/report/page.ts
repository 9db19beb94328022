import {
  formatCount,
  formatInterval,
  formatPercent,
  formatProbability,
  formatUtc,
  plural,
} from '../../../shared/format.ts';
import type { EpochMetrics } from '../../../shared/jobs/train.ts';
import type { Split } from '../../../shared/split.ts';
import type { RunRecord } from '../../../shared/library/runs.ts';
import {
  classFigures,
  type Evaluation,
  type Interval,
  type MetricIntervals,
  type Scored,
  degenerateNote,
} from '../../../shared/metrics.ts';
import { heatMapMethod } from '../../../shared/heat-map.ts';
import { RECIPE_KEYS, rowOf, textOf } from '../../../shared/recipe.ts';
import { statedThreshold } from '../../../shared/swap.ts';
import { answeredSentence, answerRule, unsureGuarantee } from '../../../shared/unsure.ts';
import type { ReliabilityBin } from '../../../shared/reliability.ts';
import {
  gapSentence,
  reportSentence,
  type SetAccuracy,
  type TrainingReport,
} from '../../../shared/overfitting-gap.ts';
import { epochCharts, rateCharts, reliabilityChart } from './charts.ts';
import type { ShownHeatMap, ShownHeatMaps } from './heat-maps.ts';
import { escaped, htmlTable } from './html.ts';

/** The evaluation of a run on a set. */
export interface SetFigures {
  on: Exclude<Split, 'train'>;
  evaluation: Evaluation;
  intervals: MetricIntervals | null;
}

export interface WrongPicture {
  name: string;
  label: 0 | 1;
  predicted: 0 | 1;
  /** Of the predicted class. */
  probability: number;
  /** JPEG; null if the picture can't be read. */
  thumbnail: Uint8Array | null;
  heat: ShownHeatMap | null;
}

/** Everything in a report. */
export interface ReportContents {
  project: string;
  run: RunRecord;
  threshold: number;
  epochs: readonly EpochMetrics[];
  accuracies: readonly SetAccuracy[];
  reported: TrainingReport | null;
  /** Pictures of class 0 and 1 in the training and the validation set. */
  counts: Record<'train' | 'validation', readonly [number, number]>;
  sets: readonly SetFigures[];
  scored: readonly Scored[];
  bins: readonly ReliabilityBin[];
  wrong: readonly WrongPicture[];
  wrongInAll: number;
  heat: Pick<ShownHeatMaps, 'colours' | 'method' | 'missing'>;
  versions: Record<string, string>;
}

/** The report as one HTML file, without scripts or external resources. */
export function reportPage(contents: ReportContents): string {
  const { project, run, versions } = contents;
  const title = `${project}, run ${run.id}${run.name === '' ? '' : `: ${run.name}`}`;
  return [
    '<!doctype html>',
    '<html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width">',
    // Nothing is loaded or run, even if a name contained HTML.
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`,
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    `<p>${run.classes.map((name) => `<strong>${escaped(name)}</strong>`).join(' or ')}. Trained ${formatUtc(run.createdAtMs)} UTC.</p>`,
    run.note === '' ? '' : `<p>${escaped(run.note)}</p>`,
    section('Results', results(contents)),
    section(
      'Curves',
      `<div class="charts">${[
        ...epochCharts(contents.epochs),
        ...rateCharts(contents.scored),
        reliabilityChart(contents.bins),
      ].join('')}</div><p>The ROC, precision-recall and calibration curves show the validation set.</p>`,
    ),
    section('Most wrong pictures', wrongPictures(contents)),
    section('Recipe', recipe(contents)),
    section(
      'Data and versions',
      htmlTable(
        [],
        Object.entries({ ...dataOf(contents), ...versions }).map(([name, value]) => [
          escaped(name),
          escaped(value),
        ]),
      ),
    ),
    '</body></html>\n',
  ].join('\n');
}

const picturesOf = ([zero, one]: readonly [number, number], names: readonly [string, string]): string =>
  `${plural(zero + one, 'picture')} (${formatCount(zero)} ${names[0]}, ${formatCount(one)} ${names[1]})`;

/** What the run was trained and evaluated on. */
function dataOf({ project, run, counts, sets }: ReportContents): Record<string, string> {
  const test = sets.find(({ on }) => on === 'test')?.evaluation;
  return {
    Project: project,
    'Training set': picturesOf(counts.train, run.classes),
    'Validation set': picturesOf(counts.validation, run.classes),
    ...(test && {
      'Test set': picturesOf(
        [test.confusion[0][0] + test.confusion[0][1], test.confusion[1][0] + test.confusion[1][1]],
        run.classes,
      ),
    }),
  };
}

const section = (title: string, body: string): string => `<section><h2>${title}</h2>${body}</section>`;

function results({ run, sets, accuracies, reported, threshold, counts }: ReportContents): string {
  const names = run.classes.map(escaped) as [string, string];
  const [train, validation] = [counts.train, counts.validation].map((counted) =>
    escaped(picturesOf(counted, run.classes)),
  ) as [string, string];
  const cell = (interval: Interval | null | undefined): string => (interval ? formatInterval(interval) : '–');
  const area = (value: number | null, range: Interval | null | undefined): string =>
    value === null
      ? '–'
      : value.toFixed(3) + (range ? ` (${range.low.toFixed(3)} to ${range.high.toFixed(3)})` : '');
  const notes = sets.map(({ intervals }) => (intervals ? degenerateNote(intervals) : '')).find(Boolean) ?? '';
  const row = (name: string, of: (one: SetFigures) => string): string[] => [name, ...sets.map(of)];
  return [
    `<p>Trained on ${train}, validated on ${validation}.</p>`,
    htmlTable(
      ['', ...sets.map(({ on, evaluation }) => `${on} set, ${plural(evaluation.count, 'picture')}`)],
      [
        row('Accuracy', ({ evaluation }) => cell(evaluation.accuracy)),
        row('ROC AUC', ({ evaluation, intervals }) => area(evaluation.rocAuc, intervals?.rocAuc)),
        row(`Average precision of ${names[1]}`, ({ evaluation, intervals }) =>
          area(evaluation.averagePrecision, intervals?.averagePrecision),
        ),
        row('Expected calibration error', ({ intervals }) => cell(intervals?.calibrationError)),
        row('Loss', ({ evaluation }) => evaluation.loss.toFixed(4)),
      ],
    ),
    ...sets.map((one) => classTable(one, names)),
    `<p class="small">Parentheses: 95% confidence intervals, Wilson for accuracy, precision and recall, bootstrap for the others.${notes} The validation set also decided which epoch was kept.</p>`,
    `<p>${gapSentence(accuracies)}${reported ? ` ${reportSentence(reported)}` : ''}</p>`,
    ...sets.map(({ on, evaluation }) => {
      const rows = evaluation.confusion.map((line, label) => [`true ${names[label]!}`, ...line.map(String)]);
      return (
        `<h3>Confusion matrix, ${on} set, at a threshold of ${statedThreshold(evaluation.threshold)}</h3>` +
        htmlTable(['', ...names.map((name) => `predicted ${name}`)], rows)
      );
    }),
    `<p>${escaped(answerRule(run.classes, threshold, run.unsure))}${run.unsure ? ` ${escaped(`${answeredSentence(run.unsure)} ${unsureGuarantee(run.classes, run.unsure)}`)}` : ''}</p>`,
    run.temperature === 1
      ? ''
      : `<p>Probabilities are calibrated by a temperature of ${run.temperature.toFixed(3)}.</p>`,
  ].join('\n');
}

/** Precision, recall and F1 of both classes side by side. */
function classTable({ on, evaluation, intervals }: SetFigures, names: readonly [string, string]): string {
  const { confusion } = evaluation;
  const of = [classFigures(confusion, 0), classFigures(confusion, 1)] as const;
  const f1 = [intervals?.f1OfClass0, intervals?.f1];
  const cell = (interval: Interval | null): string => (interval ? formatInterval(interval) : '–');
  // Without bootstrap intervals, as for a test set whose labels changed since, the value alone.
  const f1Of = (index: 0 | 1): string => {
    const { [index]: bounds } = f1;
    const value = of[index].f1?.value;
    return bounds ? formatInterval(bounds) : value === undefined ? '–' : formatPercent(value);
  };
  return (
    `<h3>Precision, recall and F1, ${on} set, at a threshold of ${statedThreshold(evaluation.threshold)}</h3>` +
    htmlTable(
      ['', ...names],
      [
        ['Precision', cell(of[0].precision), cell(of[1].precision)],
        ['Recall', cell(of[0].recall), cell(of[1].recall)],
        ['F1', f1Of(0), f1Of(1)],
      ],
    )
  );
}

function wrongPictures({ run, wrong, wrongInAll, heat }: ReportContents): string {
  if (wrong.length === 0) return '<p>Every picture of the validation set is predicted correctly.</p>';
  const figures = wrong.map(({ name, label, predicted, probability, thumbnail, heat: map }) => {
    const image = thumbnail ? jpeg(name, thumbnail) : '<div class="missing">can’t be read</div>';
    const beside = map ? jpeg(map.words, map.image) : '';
    return (
      `<figure><div class="images">${image}${beside}</div><figcaption>${escaped(name)}<br>true class ${escaped(run.classes[label])}, predicted ` +
      `${escaped(run.classes[predicted])}: ${escaped(formatProbability(run.classes[predicted], probability))}</figcaption></figure>`
    );
  });
  const which =
    wrong.length < wrongInAll
      ? `The ${wrong.length} most wrong of ${wrongInAll}`
      : `All ${plural(wrongInAll, 'picture')}`;
  return `<p>${which} of the validation set that ${wrongInAll === 1 ? 'is' : 'are'} misclassified, those farthest beyond the threshold first.</p>${heatWords(run.classes, heat)}<div class="pictures">${figures.join('')}</div>`;
}

const jpeg = (alt: string, bytes: Uint8Array): string =>
  `<img alt="${escaped(alt)}" src="data:image/jpeg;base64,${Buffer.from(bytes).toString('base64')}">`;

function heatWords(classes: readonly string[], { colours, method, missing }: ReportContents['heat']): string {
  if (missing !== null) return `<p>Heat maps could not be computed: ${escaped(missing)}</p>`;
  const [zero, one] = classes.map(
    (name, index) =>
      `<span class="swatch" style="background: ${colours[index as 0 | 1]}"></span> <strong>${escaped(name)}</strong>`,
  );
  return `<p>Beside each picture, its heat map: which parts are evidence for ${zero} and which for ${one}, relative to the strongest part of that picture.${method === null ? '' : ` ${heatMapMethod(method)}`}</p>`;
}

function recipe({ run }: ReportContents): string {
  const stored = run.recipe;
  if (!stored) return '<p>The settings of this run were written by another version.</p>';
  return htmlTable(
    [],
    RECIPE_KEYS.map((key) => [escaped(rowOf(key).label), escaped(textOf(stored, key))]),
  );
}

const STYLE = `
:root { color-scheme: light; }
body { font: 15px/1.5 system-ui, sans-serif; color: #1b1f27; background: #fff; max-width: 62rem; margin: 2rem auto; padding: 0 1.5rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: 0; } h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; border-bottom: 1px solid #d8dbe2; } h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .9rem .25rem 0; border-bottom: 1px solid #e4e6ec; vertical-align: top; }
tbody th { font-weight: 400; color: #555e6e; }
.small { font-size: .85rem; color: #555e6e; }
.charts, .pictures { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fill, minmax(17rem, 1fr)); }
figure { margin: 0; break-inside: avoid; } figcaption { font-size: .85rem; }
.charts figcaption { font-weight: 600; }
svg { width: 100%; height: auto; font: 11px system-ui, sans-serif; fill: #555e6e; }
.grid { stroke: #e4e6ec; } .bar { stroke: #2457c5; opacity: .45; stroke-width: 2; } circle { fill: #2457c5; }
polyline { fill: none; stroke-width: 2; } .solid { stroke: #2457c5; } .dashed { stroke: #b5491b; stroke-dasharray: 6 4; } .guide { stroke: #828a99; stroke-dasharray: 2 3; stroke-width: 1; }
.legend { margin: 0; font-size: .85rem; } .legend .solid { color: #2457c5; } .legend .dashed { color: #b5491b; }
.legend .solid::before { content: '— '; } .legend .dashed::before { content: '- - '; }
.pictures { grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); } .images { display: grid; grid-auto-flow: column; grid-auto-columns: minmax(0, 1fr); gap: 2px; }
.swatch { display: inline-block; width: .7em; height: .7em; border-radius: 2px; print-color-adjust: exact; }
.pictures img, .missing { width: 100%; height: 8rem; object-fit: contain; background: #f3f4f7; } .missing { display: grid; place-items: center; color: #555e6e; }
@media print { body { margin: 0; max-width: none; padding: 0; } h2 { break-after: avoid; } table { break-inside: avoid; } }
@page { margin: 15mm; }
`;
