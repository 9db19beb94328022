import type { TestEvaluation } from '../../../shared/library/runs.ts';
import {
  degenerateNote,
  type Evaluation,
  type Interval,
  type MetricIntervals,
} from '../../../shared/metrics.ts';
import type { ModelFormat } from '../../../shared/jobs/export.ts';
import { formatCount, formatInterval, formatPercent, plural } from '../../../shared/format.ts';
import { gapSentence, reportSentence } from '../../../shared/overfitting-gap.ts';
import { answeredSentence, UNSURE_METHOD, type UnsureRule } from '../../../shared/unsure.ts';
import type { ModelCard } from './card.ts';
import { ONNX_OPSET } from '../formats.ts';
import { plain, table } from './markdown.ts';

/** The model card for people: README.md of an exported model. */
export function modelReadme(card: ModelCard): string {
  return (
    [
      `# ${card.classes.map(plain).join(' or ')}`,
      `A picture classifier trained with Twofold ${card.twofold}: ${WHAT[card.export]}`,
      '## Try it',
      TRY[card.export],
      '## Input and output',
      inAndOut(card),
      '## Metrics',
      quality(card),
      '## Verification',
      checked(card),
      '## Model and training',
      ingredients(card),
      '## Files',
      table(
        ['File', 'Bytes'],
        card.files.map(({ name, sizeBytes }) => [name, formatCount(sizeBytes)]),
      ),
      'For programs, `card.json` contains all of this.',
    ].join('\n\n') + '\n'
  );
}

const WHAT: Record<ModelFormat, string> = {
  tfjs: 'a TensorFlow.js layers model (`tf.loadLayersModel`), for web pages and Node.',
  keras: 'a Keras model (`keras.models.load_model`), for Keras 2 and 3.',
  savedmodel: 'a TensorFlow SavedModel, for TensorFlow Serving and other TensorFlow programs.',
  onnx: `an ONNX model (opset ${ONNX_OPSET}).`,
};

const code = (language: string, ...lines: string[]): string => ['```' + language, ...lines, '```'].join('\n');

/** Without install scripts: the samples need none, and ONNX Runtime's downloads GPU libraries. */
const NODE = code('sh', 'npm install --ignore-scripts && node predict.js picture.jpg');

const NODE_READS = 'It reads JPEG, PNG, WebP, AVIF, GIF and TIFF, but not BMP, HEIC and raw photographs.';

const PYTHON_READS =
  'It reads the formats that Pillow reads: JPEG, PNG, WebP, GIF, BMP, TIFF, and AVIF since Pillow 11.3, but not HEIC and ' +
  'raw photographs. Pictures that can’t be read are reported and skipped.';

const TRY: Record<ModelFormat, string> = {
  tfjs: [
    'In a browser: serve this folder, open the page and drop a picture on it. Nothing else is loaded, so it works offline.',
    code('sh', 'python3 -m http.server 8000   # then open http://localhost:8000'),
    'If `tf.min.js` is not in this folder, copy it from the npm package `@tensorflow/tfjs` (`dist/tf.min.js`). It is ' +
      'TensorFlow.js, under the Apache Licence 2.0.',
    'In Node 18 or newer:',
    NODE,
    NODE_READS,
    'Browsers read other formats (BMP, but not TIFF) and convert CMYK, colour profiles, 16 bits and transparency to ' +
      'opaque 8-bit sRGB in their own way; for such pictures the page’s probability may differ by more than 0.001.',
  ].join('\n\n'),
  keras: [
    code('sh', 'pip install tensorflow pillow', 'python predict.py picture.jpg'),
    PYTHON_READS,
    'The base is frozen and the head trainable, as in Twofold, so `model.fit` continues where Twofold stopped, at the ' +
      'same learning rate.',
  ].join('\n\n'),
  savedmodel: [
    code('sh', 'pip install tensorflow pillow', 'python predict.py picture.jpg'),
    PYTHON_READS,
    'With TensorFlow Serving (signature `serving_default`):',
    code(
      'sh',
      'docker run --rm -p 8501:8501 -v "$PWD/model:/models/model" -e MODEL_NAME=model tensorflow/serving',
      'python request.py picture.jpg',
    ),
    'A request is `POST /v1/models/model:predict` with `{"instances": [PICTURE, …]}`, each picture an array ' +
      '[height, width, 3] of numbers from 0 to 1; the response is `{"predictions": [[probability], …]}`.',
  ].join('\n\n'),
  onnx: [
    code('sh', 'pip install onnxruntime pillow', 'python predict.py picture.jpg'),
    PYTHON_READS,
    'In Node 18 or newer:',
    NODE,
    NODE_READS,
  ].join('\n\n'),
};

function inAndOut({ input, output, classes, threshold, unsure, temperature }: ModelCard): string {
  const [zero, one] = classes.map(plain) as [string, string];
  const shape = (sizes: readonly (number | null)[]): string => sizes.map((size) => size ?? 'N').join(', ');
  const method =
    input.resize === 'bilinear'
      ? 'stretched (not cropped) with an antialiased bilinear filter, as Pillow’s `BILINEAR`'
      : 'stretched (not cropped) to the nearest pixel, as Pillow’s `NEAREST`';
  return [
    table(
      ['', 'Name', 'Shape', 'Meaning'],
      [
        ['input', input.name, shape(input.shape), `float32 RGB, ${input.scaling}, so 0 to 1; any N`],
        ['output', output.name, shape(output.shape), plain(output.meaning)],
      ],
    ),
    `Pictures are rotated upright by their EXIF orientation, converted to sRGB, blended with white where they are ` +
      `transparent, and ${method}, to ${input.size} × ${input.size}. The samples here give the same pixels, with these ` +
      'exceptions, which can change a probability by more than 0.001: colour profiles other than sRGB are rounded ' +
      'differently by different versions of Little CMS; for 16 bits with transparency, Pillow reduces to 8 bits before ' +
      'blending with white, Twofold afterwards; of a TIFF with several pages, the samples read the first page, Twofold the ' +
      'first full-size one; and Lab colours of a TIFF are converted with other formulas.',
    ...(input.bits16 < 16
      ? [
          `16-bit pictures are read as ${input.bits16}-bit: their values are multiplied by ${2 ** (16 - input.bits16)} ` +
            'before conversion to 8 bits. The samples do the same, with two exceptions: `predict.py` for 16-bit colour ' +
            '(not greyscale), which Pillow reads as 8 bits, and the page for all 16-bit pictures.',
        ]
      : []),
    ...(unsure
      ? [
          `The model abstains on uncertain pictures: ${unsureBorders(unsure, [zero, one])}, otherwise the answer is **unsure**. ` +
            `${answeredSentence(unsure)} ${unsure.guarantee} ${UNSURE_METHOD}`,
        ]
      : [
          `Above a probability of ${threshold} a picture is **${one}** (class 1), otherwise **${zero}** (class 0).`,
        ]),
    ...(temperature === 1
      ? []
      : [
          `Probabilities are calibrated: logits are divided by a temperature of ${temperature.toFixed(4)}, which is part of the last layer’s weights here.`,
        ]),
    UNLIKE,
  ].join('\n\n');
}

const UNLIKE =
  'Metrics and guarantees hold for pictures like the labelled ones. The model and the samples here predict pictures of ' +
  'another kind, too, without noticing: that would take the features of the labelled pictures, which are not part of an ' +
  'export. `twofold predict` and Try in the app mark such pictures.';

/** From which probability on each class is answered. */
const unsureBorders = ({ from }: UnsureRule, names: readonly [string, string]): string =>
  from
    .flatMap((least, label) =>
      least === null
        ? []
        : [`**${names[label]!}** from a probability of ${formatPercent(least)} of that class on`],
    )
    .join(', ');

function quality(card: ModelCard): string {
  const { metrics, intervals, test, testIntervals, accuracies, reported, classes, data } = card;
  const names = classes.map(plain) as [string, string];
  const [train, held] = [data.train, data.validation].map(
    ([zero, one]) => `${plural(zero + one, 'picture')} (${zero} ${names[0]}, ${one} ${names[1]})`,
  ) as [string, string];
  const trained = `Trained on ${train}.`;
  const tested = test ? [testFigures(test, testIntervals, names)] : [];
  if (!metrics) return [`${trained} Not evaluated on a validation set.`, ...tested].join('\n\n');
  const { count, threshold } = metrics;
  return [
    `${trained} Validated on ${held}, ${count} of which could be read and were still labelled when this was exported. ` +
      `Metrics at a threshold of ${threshold}, with 95% confidence intervals${METHODS}:${intervals ? degenerateNote(intervals) : ''}`,
    ...figures(metrics, intervals, names),
    [gapSentence(accuracies), ...(reported ? [reportSentence(reported)] : [])].join(' '),
    'The validation set also decided which epoch was kept, so expect slightly lower accuracy on new pictures, and much ' +
      'lower accuracy on pictures of another kind.',
    ...tested,
  ].join('\n\n');
}

function testFigures(
  { evaluation, atMs, seen, leftOut, isCurrent }: TestEvaluation,
  intervals: MetricIntervals | null,
  names: [string, string],
): string {
  const { count, threshold } = evaluation;
  return [
    '### On the test set',
    `Evaluated on ${new Date(atMs).toISOString().slice(0, 10)} on ${plural(count, 'picture')}, which were used neither for ` +
      `training nor to choose the epoch, at a threshold of ${threshold}, with 95% confidence intervals${METHODS}.${intervals ? degenerateNote(intervals) : ''}` +
      (seen > 0
        ? ` ${plural(seen, 'picture')} of the test set excluded, since the model was trained or validated on them.`
        : '') +
      (leftOut > 0 ? ` ${plural(leftOut, 'picture')} could not be read.` : '') +
      (isCurrent ? '' : ' The test set or its labels have changed since.'),
    ...figures(evaluation, intervals, names),
  ].join('\n\n');
}

const METHODS = ' (Wilson for accuracy, precision and recall, bootstrap for the others)';

/** Metrics and confusion matrix, as tables. */
function figures(
  metrics: Evaluation,
  intervals: MetricIntervals | null,
  names: [string, string],
): [string, string] {
  const decimals = (value: number | null, range: Interval | null = null): string =>
    value === null
      ? 'not defined'
      : value.toFixed(4) + (range ? ` (${range.low.toFixed(4)} to ${range.high.toFixed(4)})` : '');
  return [
    table(
      ['Metric', 'Value'],
      [
        ['Accuracy', interval(metrics.accuracy)],
        [`Precision of ${names[1]}`, interval(metrics.precision)],
        [`Recall of ${names[1]}`, interval(metrics.recall)],
        ...(intervals ? [[`F1 of ${names[1]}`, interval(intervals.f1)]] : []),
        ['ROC AUC', decimals(metrics.rocAuc, intervals?.rocAuc)],
        ['Average precision', decimals(metrics.averagePrecision, intervals?.averagePrecision)],
        ...(intervals ? [['Expected calibration error', interval(intervals.calibrationError)]] : []),
        ['Loss (binary cross-entropy)', decimals(metrics.loss)],
      ],
    ),
    table(
      ['', ...names.map((name) => `predicted ${name}`)],
      names.map((name, label) => [`true ${name}`, ...metrics.confusion[label as 0 | 1].map(String)]),
    ),
  ];
}

function checked({ check, unchecked, bits }: ModelCard): string {
  if (!check) return `**Not checked.** ${unchecked ?? ''}`;
  const { pictures, unavailable, maxDifference, meanDifference, runtime, sameClass, accuracy } = check;
  const stored =
    bits === 32
      ? ''
      : ` Its kernels are stored with ${bits} bits, which makes it smaller but slightly less exact.`;
  const seen = pictures - (accuracy.unseen ? accuracy.pictures : 0);
  const which = accuracy.unseen
    ? `${plural(accuracy.pictures, 'validation picture')} and ${plural(seen, 'training picture')}`
    : 'all of them training pictures';
  const missing =
    unavailable === 0
      ? ''
      : ` ${plural(unavailable, 'more picture')} of the run could not be used (missing, changed, unreadable or no longer labelled).`;
  return (
    `After export, the model was loaded again in a separate process (${runtime}) and compared with the app on ` +
    `${plural(pictures, 'picture')} of the project, ${which}.${missing} Both got the same pixels, as the app reads them. ` +
    `The probabilities differ by at most ${maxDifference.toExponential(1)}, on average by ` +
    `${meanDifference.toExponential(1)}; ${sameClass} of ${pictures} get the same class.${stored} Accuracy on the ` +
    `${accuracy.unseen ? 'validation' : 'training'} pictures: ${formatPercent(accuracy.export)}; of the app: ${formatPercent(accuracy.app)}.`
  );
}

function ingredients({ training, weights, versions }: ModelCard): string {
  const { recipe, bestEpoch, epochs, trainedAt } = training;
  const dropout = recipe.dropout > 0 ? `, dropout ${recipe.dropout}` : ', no dropout';
  const weighted = recipe.classWeights === 'none' ? '' : `, class weights ${recipe.classWeights}`;
  return [
    `InceptionV3 without its top, frozen, up to the layer \`${recipe.cut}\`; then Flatten, Dense ${recipe.units.join(' and Dense ')} ` +
      `(ReLU${dropout}) and Dense 1 (sigmoid). Trained with RMSprop, learning rate ${recipe.learningRate}, batch size ` +
      `${recipe.batch}${weighted}, ${recipe.augmentation.enabled ? 'with' : 'without'} augmentation; epoch ${bestEpoch} of ${epochs} was ` +
      `kept (${trainedAt.slice(0, 10)}). All settings are in \`card.json\`.`,
    `Weights of the base: **${plain(weights.name)}**, ${weights.title}. SHA-256 of the values \`${weights.fingerprint}\`. Licence: ` +
      `${weights.licence} The head was trained on your pictures and is yours.`,
    `Versions: ${Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ')}.`,
  ].join('\n\n');
}

const interval = (estimate: Interval | null): string => (estimate ? formatInterval(estimate) : 'not defined');
