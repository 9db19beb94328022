import { formatPercent, plural } from '../../../shared/format.ts';
import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { answerRule, type UnsureRule } from '../../../shared/unsure.ts';
import type { PredictJob } from '../../../shared/jobs/predict.ts';
import type { RunView } from '../../../shared/jobs/run-view.ts';
import { statedThreshold } from '../../../shared/swap.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { knownPictures } from '../../engine/known-pictures.ts';
import { listFiles } from '../../engine/list-files.ts';
import { modelView, runView } from '../../engine/model-view.ts';
import { predictionRows, predictionsCsv, type PredictionRow } from '../../engine/predictions-csv.ts';
import { isProject, runDir } from '../../library/folder.ts';
import { closeProject, openForReading } from '../../library/project.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { runJob } from '../../training/supervisor.ts';
import { printable, table } from '../format.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { predictAll } from '../predict-all.ts';
import { withProject } from '../project-command.ts';
import { showJob } from '../show-job.ts';
import { writeCsv } from '../write-csv.ts';
import { THRESHOLD_OPTION } from '../threshold.ts';

interface Flags {
  run?: string;
  csv?: string;
  threshold?: number;
  all?: true;
}

export function addPredict(program: Command, output: Output): void {
  program
    .command('predict')
    .description('classify pictures with a trained model')
    .argument('<model>', 'project folder, or the folder of a run, also a copy of it')
    .argument('[files...]', 'pictures, or folders of them')
    .option(
      '--all',
      'predict all pictures of the project outside the test set and store that for the run; resumes where it was',
    )
    .option('--run <id>', 'which run of the project (default: the newest with a model)')
    .option(...THRESHOLD_OPTION)
    .option(
      '--csv <file>',
      'write path, label, probability (of class 1), error, threshold as CSV; - for standard output',
    )
    .addHelpText(
      'after',
      '\nPictures that are unlike anything labelled are noted if the project is indexed (twofold index), but not with --all.\n\nExamples:\n  twofold predict traps new/*.jpg\n  twofold predict traps.twofold/runs/r3 new --csv predictions.csv\n  twofold predict traps --all',
    )
    .action(async (model: string, given: string[], flags: Flags, command: Command) => {
      // Before the work: a mistyped folder must not cost the predictions.
      if (flags.csv !== undefined && flags.csv !== '-') await access(path.dirname(path.resolve(flags.csv)));
      if (flags.all) {
        if (given.length > 0) command.error('error: --all takes no files.');
        if (!isProject(model)) command.error('error: --all needs a project, not the folder of a run.');
        await withProject(model, output, (project) => predictAll(project, flags, output));
        return;
      }
      if (given.length === 0) command.error('error: Name pictures or folders, or use --all.');
      const { threshold: ofProject, unsure: ofRun, ...run } = await modelOf(model, flags.run);
      const files = await listFiles(given);
      const done = await cancellable(output, (signals) =>
        runJob<PredictJob>(
          { kind: 'predict', ...run, files },
          { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals },
        ),
      );
      const { predictions, classes } = done;
      const threshold = flags.threshold ?? ofProject ?? done.threshold;
      // A threshold for once answers every picture.
      const unsure = flags.threshold === undefined ? (ofRun === undefined ? done.unsure : ofRun) : null;
      const rows = predictionRows(predictions, classes, { threshold, unsure });
      if (flags.csv !== undefined)
        await writeCsv(predictionsCsv(rows), flags.csv, rows.length, 'prediction', output);
      else show(rows, classes[1], output);
      const stated = statedThreshold(threshold);
      const rule = answerRule(classes, threshold, unsure);
      if (flags.csv === '-') output.note(rule);
      else output.line(rule);
      const unlike = rows.filter((row) => row.unlike === true).length;
      if (unlike > 0 && flags.csv !== '-') {
        output.line(
          `${plural(unlike, 'picture')} ${unlike === 1 ? 'is' : 'are'} unlike anything labelled, so ${unlike === 1 ? 'its prediction is' : 'their predictions are'} less reliable than the figures of the run.`,
        );
      }
      const failed = rows.filter(({ error }) => error !== '').length;
      for (const { threshold: _, ...fields } of rows) {
        output.event('prediction', { ...fields, error: fields.error || null });
      }
      output.event('done', {
        predicted: rows.length - failed,
        failed,
        unsure: rows.filter((row) => row.unsure).length,
        unlike,
        rule: unsure,
        classes,
        threshold: stated,
      });
      if (failed === rows.length) output.exitCode = 1;
    });
}

/** The run to predict with, and the threshold and class order of its project; a run's own folder contains both. */
async function modelOf(
  model: string,
  runId: string | undefined,
): Promise<
  Pick<PredictJob, 'runDir' | 'known' | keyof RunView> & { threshold?: number; unsure?: UnsureRule | null }
> {
  if (!isProject(model)) return { runDir: path.resolve(model) };
  const project = openForReading(model);
  try {
    const { db } = project;
    const run = chooseRun(project, runId);
    const { threshold } = modelView(db);
    const known = await knownPictures(project);
    return { runDir: runDir(project, run.id), ...runView(db, run), known, threshold, unsure: run.unsure };
  } finally {
    closeProject(project);
  }
}

function show(rows: PredictionRow[], positive: string, output: Output): void {
  const lines = rows.map(({ path: file, label, probability, error, unlike }) => [
    printable(path.relative('.', file) || file),
    label || '–',
    probability === null ? '–' : formatPercent(probability),
    error || (unlike === true ? 'unlike anything labelled' : ''),
  ]);
  output.line(table(['picture', 'label', `P(${positive})`, 'note'], lines));
}
