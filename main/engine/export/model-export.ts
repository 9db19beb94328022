import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExportCheck } from '../../../shared/contract/export.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import type { TestEvaluation } from '../../../shared/library/runs.ts';
import type { MetricIntervals } from '../../../shared/metrics.ts';
import type { ModelFormat } from '../../../shared/jobs/export.ts';
import { plural } from '../../../shared/format.ts';
import { answerRule, unsureGuarantee } from '../../../shared/unsure.ts';
import { statedThreshold } from '../../../shared/swap.ts';
import { inceptionV3 } from '../../model/architecture/inception-v3.ts';
import { withHead } from '../../model/architecture/with-head.ts';
import { licenceOf } from '../../model/weights/known.ts';
import { loadSameWeights } from '../../model/weights/store.ts';
import type { RunFile } from '../../training/run-folder.ts';
import { runJob, type JobOptions } from '../../training/supervisor.ts';
import { overfittingGap, trainingReport, type SetAccuracy } from '../../../shared/overfitting-gap.ts';
import { baseCard, listFiles, writeCard, type ModelCard } from '../../export/card/card.ts';
import { compare, requireSame, TOLERANCE, type CheckPicture } from '../../export/verify/compare.ts';
import { ONNX_OPSET } from '../../export/formats.ts';
import type { KernelBits } from '../../../shared/kernel-bits.ts';
import { modelReadme } from '../../export/card/readme.ts';
import { writeSamples } from '../../export/samples/write.ts';

/** A trained run and the app's predictions for some pictures. */
export interface RunToExport {
  runDir: string;
  run: RunFile;
  /** Its id in the project. */
  runId: string | null;
  threshold: number;
  /** Its evaluation on the test set, if there is one. */
  test: TestEvaluation | null;
  /** Bootstrap intervals of both evaluations. */
  intervals: { validation: MetricIntervals | null; test: MetricIntervals | null };
  /** Its accuracy on each set at the threshold, from stored predictions. */
  accuracies: readonly SetAccuracy[];
  pictures: readonly CheckPicture[];
  /** Pictures of the run that are no longer available. */
  unavailable: number;
  /** The app's probabilities for `pictures`; null for those that could not be read. */
  answers: readonly (number | null)[];
}

/**
 * The app's predictions, computed by the same job that Try and the command line use.
 *
 * @throws TwofoldError the errors of the job
 */
export async function askApp(
  runDir: string,
  { swapped, temperature }: RunFile,
  pictures: readonly CheckPicture[],
  options: JobOptions,
): Promise<(number | null)[]> {
  if (pictures.length === 0) return [];
  const files = pictures.map(({ path }) => path);
  const { predictions } = await runJob({ kind: 'predict', runDir, swapped, temperature, files }, options);
  return predictions.map(({ probability }) => probability);
}

/** The verification of an export, or the reason why there is none. */
type Verdict = { check: ExportCheck; unchecked: null } | { check: null; unchecked: string };

/**
 * Writes a run in one format to an existing folder, with samples and model card, and verifies it: loaded in a separate
 * process, it must give the app's predictions. If it can't be verified, it is still written, and the card says so.
 *
 * @throws TwofoldError `corrupt` if the predictions differ
 */
export async function exportModel(
  source: RunToExport,
  { format, bits, folder }: { format: ModelFormat; bits: KernelBits; folder: string },
  options: JobOptions,
): Promise<Verdict> {
  const { run, runDir } = source;
  const { swapped, temperature } = run;
  await runJob({ kind: 'write-export', runDir, swapped, temperature, format, bits, dir: folder }, options);
  const verdict = await verify(source, { format, bits, folder }, options);
  await writeSamples(format, folder);
  const card = await modelCard(source, { format, bits, folder, ...verdict });
  await writeFile(join(folder, 'README.md'), modelReadme(card));
  await writeCard(folder, card);
  return verdict;
}

async function verify(
  { run, pictures, answers, threshold, unavailable }: RunToExport,
  { format, bits, folder }: { format: ModelFormat; bits: KernelBits; folder: string },
  options: JobOptions,
): Promise<Verdict> {
  const none = { check: null, unchecked: noPictures(pictures.length + unavailable) };
  if (answers.every((answer) => answer === null)) return none;
  const { size, resize, bits16 } = run.recipe;
  const files = pictures.map(({ path }) => path);
  const job = { kind: 'verify-export', format, dir: folder, size, resize, bits16, files } as const;
  const answered = await runJob(job, options).catch((error: unknown) => {
    if (error instanceof TwofoldError && error.code === 'crashed') return error;
    throw error;
  });
  // The runtime crashed, which need not be due to the export.
  if (answered instanceof TwofoldError) return { check: null, unchecked: answered.message };
  const check = compare(pictures, answers, answered.probabilities, {
    runtime: answered.runtime,
    threshold,
    tolerance: bits === 32 ? TOLERANCE : null,
    unavailable,
  });
  if (!check) return none;
  requireSame(check);
  return { check, unchecked: null };
}

const noPictures = (count: number): string =>
  `None of the ${plural(count, 'picture')} of the run is available: they are missing, have changed, can’t be read or ` +
  'are no longer labelled.';

async function modelCard(
  { run, runId, threshold, test, intervals, accuracies }: RunToExport,
  {
    format,
    bits,
    folder,
    check,
    unchecked,
  }: { format: ModelFormat; bits: KernelBits; folder: string } & Pick<ModelCard, 'check' | 'unchecked'>,
): Promise<ModelCard> {
  const { recipe, classes, unsure } = run;
  const weights = await loadSameWeights(run.weights);
  const { input, output } = withHead(inceptionV3(recipe), recipe);
  const names = format === 'tfjs' || format === 'keras' ? [input, output] : ['pictures', 'probability'];
  return {
    ...baseCard(format, classes),
    export: format,
    input: {
      name: names[0]!,
      shape: [null, recipe.size, recipe.size, 3],
      dtype: 'float32',
      range: [0, 1],
      colour: 'RGB',
      scaling: 'pixel / 255',
      size: recipe.size,
      resize: recipe.resize,
      bits16: recipe.bits16,
    },
    output: { name: names[1]!, shape: [null, 1], meaning: `probability of ${classes[1]}` },
    threshold: statedThreshold(threshold),
    unsure: unsure && { ...unsure, guarantee: unsureGuarantee(classes, unsure) },
    rule: answerRule(classes, threshold, unsure),
    temperature: run.temperature,
    metrics: run.evaluation && {
      ...run.evaluation,
      threshold: statedThreshold(run.evaluation.threshold),
    },
    intervals: intervals.validation,
    testIntervals: intervals.test,
    accuracies,
    overfittingGap: overfittingGap(accuracies),
    reported: trainingReport(run, run.history),
    test: test && {
      ...test,
      evaluation: { ...test.evaluation, threshold: statedThreshold(test.evaluation.threshold) },
    },
    data: run.counts,
    training: {
      run: runId,
      trainedAt: run.createdAt,
      bestEpoch: run.bestEpoch,
      epochs: run.history.length,
      recipe,
    },
    weights: {
      name: weights.name,
      title: weights.title,
      fingerprint: weights.fingerprint,
      licence: licenceOf(weights.name),
    },
    bits,
    check,
    unchecked,
    versions: { ...versionsOf(format), Node: process.versions.node },
    files: await listFiles(folder),
  };
}

/** Versions that the format is written for. */
function versionsOf(format: ModelFormat): Record<string, string> {
  switch (format) {
    case 'tfjs':
      return { 'TensorFlow.js': '4.22' };
    case 'keras':
      return { 'Keras format': '2.15' };
    case 'savedmodel':
      return { 'SavedModel schema': '1' };
    case 'onnx':
      return { 'ONNX opset': String(ONNX_OPSET) };
  }
}
