import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import writeFileAtomic from 'write-file-atomic';
import type { Prediction } from '../../../shared/jobs.ts';
import { classAt } from '../../../shared/metrics.ts';
import { plural } from '../../../shared/plural.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { listFiles } from '../../engine/list-files.ts';
import { toCsv } from '../../files/csv.ts';
import { isProject, runDir } from '../../library/folder.ts';
import { closeProject, openForReading } from '../../library/project.ts';
import { spawnNodeProcess } from '../../training/child.ts';
import { startJob } from '../../training/supervisor.ts';
import { percent, printable, table } from '../format.ts';
import { withInterrupt } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { showJob } from '../show-job.ts';

interface Flags {
  run?: string;
  csv?: string;
}

export function addPredict(program: Command, output: Output): void {
  program
    .command('predict')
    .description('what a trained model says of pictures')
    .argument('<model>', 'project folder, or the folder of a run, which works on its own')
    .argument('<files...>', 'pictures, or folders of them')
    .option('--run <id>', 'which run of the project (default: the newest with a model)')
    .option(
      '--csv <file>',
      'write path, label, probability (of class 1), error as CSV; - for standard output',
    )
    .addHelpText(
      'after',
      '\nExamples:\n  twofold predict traps new/*.jpg\n  twofold predict traps.twofold/runs/r3 new --csv answers.csv',
    )
    .action(async (model: string, given: string[], flags: Flags) => {
      // Looked for before the work, not after it.
      if (flags.csv !== undefined && flags.csv !== '-') await access(path.dirname(path.resolve(flags.csv)));
      const folder = modelFolder(model, flags.run);
      const files = await listFiles(given);
      const job = startJob(spawnNodeProcess, { kind: 'predict', runDir: folder, files }, showJob(output));
      const { predictions, classes } = await withInterrupt(job, 'cancel', output, job.result);
      const rows = predictions.map((prediction) => row(prediction, classes));
      if (flags.csv !== undefined) await writeCsv(rows, flags.csv, output);
      else show(rows, output);
      const failed = rows.filter(({ error }) => error !== '').length;
      for (const fields of rows) output.event('prediction', { ...fields, error: fields.error || null });
      output.event('done', { predicted: rows.length - failed, failed, classes });
      if (failed === rows.length) output.exitCode = 1;
    });
}

function modelFolder(model: string, runId: string | undefined): string {
  if (!isProject(model)) return path.resolve(model);
  const project = openForReading(model);
  try {
    return runDir(project, chooseRun(project, runId).id);
  } finally {
    closeProject(project);
  }
}

interface Row {
  path: string;
  label: string;
  probability: number | null;
  error: string;
}

function row({ path: file, probability, error }: Prediction, classes: [string, string]): Row {
  const label = probability === null ? '' : classes[classAt(probability)];
  return { path: file, label, probability, error: error ?? '' };
}

async function writeCsv(rows: Row[], file: string, output: Output): Promise<void> {
  const text = toCsv(rows, ['path', 'label', 'probability', 'error']);
  if (file === '-') {
    output.raw(text);
    return;
  }
  await writeFileAtomic(file, text);
  output.line(`Wrote ${plural(rows.length, 'prediction')} to ${path.resolve(file)}.`);
}

function show(rows: Row[], output: Output): void {
  const lines = rows.map(({ path: file, label, probability, error }) => [
    printable(path.relative('.', file) || file),
    label || '–',
    probability === null ? error : percent(probability),
  ]);
  output.line(table(['picture', 'label', 'probability of class 1'], lines));
}
