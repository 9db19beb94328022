import { access } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { formatBytes, plural } from '../../../shared/format.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { writeReport } from '../../engine/report/report.ts';
import type { Project } from '../../library/folder.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { PicturePool } from '../../pictures/pool.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { showJob } from '../show-job.ts';

interface Flags {
  run?: string;
  out: string;
}

export function addReport(program: Command, output: Output): void {
  program
    .command('report')
    .description('write a report of a run as one HTML file to share or print')
    .argument('<project>', 'project folder')
    .requiredOption('--out <file>', 'HTML file to write; an existing one is replaced')
    .option('--run <id>', 'which run (default: the newest with a model)')
    .addHelpText('after', '\nExample:\n  twofold report traps --run r2 --out report.html')
    .action((given: string, flags: Flags) =>
      withProject(given, output, (project) => report(project, flags, output), { readOnly: true }),
    );
}

async function report(project: Project, { run: id, out }: Flags, output: Output): Promise<void> {
  const run = chooseRun(project, id);
  const file = path.resolve(out);
  await access(path.dirname(file));
  const pool = new PicturePool();
  try {
    const written = await cancellable(output, (signals) =>
      writeReport(project, run, {
        out: file,
        pool,
        spawn: spawnNodeProcess,
        onEvent: showJob(output),
        ...signals,
      }),
    );
    output.event('done', { run: run.id, out: file, ...written });
    output.line(
      `Wrote a report of run ${run.id} on ${plural(written.pictures, 'validation picture')} to ${file} (${formatBytes(written.sizeBytes)}).`,
    );
  } finally {
    await pool.close();
  }
}
