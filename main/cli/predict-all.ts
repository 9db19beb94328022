import { formatCount, plural } from '../../shared/format.ts';
import { chooseRun } from '../engine/evaluate.ts';
import { modelView } from '../engine/model-view.ts';
import { predictLibrary } from '../engine/predict-library.ts';
import { predictionRows, predictionsCsv } from '../engine/predictions-csv.ts';
import { spawnNodeProcess } from '../jobs/child.ts';
import type { Project } from '../library/folder.ts';
import { checkFiles } from '../library/pictures/check-files.ts';
import { getPictures } from '../library/pictures/pictures.ts';
import { runCoverage } from '../library/runs/coverage.ts';
import { runProbabilities } from '../library/runs/predictions.ts';
import { printable } from './format.ts';
import { cancellable } from './interrupt.ts';
import type { Output } from './output.ts';
import { writeCsv } from './write-csv.ts';

/** `predict P --all`: predicts all pictures of the project outside the test set, and stores the predictions for the run. */
export async function predictAll(
  project: Project,
  { run: runId, threshold: once, csv }: { run?: string; threshold?: number; csv?: string },
  output: Output,
): Promise<void> {
  const { db } = project;
  const run = chooseRun(project, runId);
  await checkFiles(project);
  const added = await cancellable(output, (signals) =>
    predictLibrary(project, run, {
      spawn: spawnNodeProcess,
      ...signals,
      onProgress: (progress) => output.progress('predicting', progress),
      onLeftOut: (leftOut) => {
        output.event('left-out', leftOut);
        output.note(`Skipped ${printable(leftOut.path)}: ${leftOut.message}`);
      },
    }),
  );
  const { classes, threshold: usual } = modelView(db);
  const rows = predictionRows(storedPredictions(project, run.id), classes, {
    threshold: once ?? usual,
    unsure: once === undefined ? run.unsure : null,
  });
  if (csv !== undefined) await writeCsv(predictionsCsv(rows), csv, rows.length, 'prediction', output);
  for (const { threshold: _, ...fields } of rows) {
    output.event('prediction', { ...fields, error: fields.error || null });
  }
  const { predicted, total } = runCoverage(db, run.id);
  output.event('done', { run: run.id, predicted, total, added, failed: total - predicted, classes });
  if (csv !== '-') {
    output.line(
      `Run ${run.id} has predicted ${formatCount(predicted)} of ${plural(total, 'picture')} outside the test set, ${formatCount(added)} of them now.`,
    );
  }
  if (predicted === 0) output.exitCode = 1;
}

function storedPredictions({ db }: Project, runId: string) {
  const { ids, probabilities } = runProbabilities(db, runId);
  const byId = new Map(Array.from(ids, (id, index) => [id, probabilities[index]!]));
  return getPictures(db, ids)
    .filter(({ split }) => split !== 'test')
    .map(({ id, path }) => ({ path, probability: byId.get(id)!, error: null }));
}
