import type { Command } from 'commander';
import { formatPercent, plural } from '../../../shared/format.ts';
import { indexModel } from '../../engine/index-library.ts';
import { mapProject, type ProjectMap } from '../../engine/map-project.ts';
import { toCsv } from '../../files/csv.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import type { Project } from '../../library/folder.ts';
import { getClasses } from '../../library/labels/classes.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { showJob } from '../show-job.ts';
import { writeCsv } from '../write-csv.ts';

interface Flags {
  csv?: string;
}

export function addMap(program: Command, output: Output): void {
  program
    .command('map')
    .description('place all pictures of a project on a map, similar ones near each other')
    .argument('<project>', 'project folder')
    .option('--csv <file>', 'write path, x, y and label of every picture; - for standard output')
    .addHelpText(
      'after',
      '\nThe map is a principal component analysis (PCA) of the index.\n\nExample:\n  twofold map traps --csv map.csv',
    )
    .action((given: string, flags: Flags) =>
      withProject(given, output, (project) => work(project, flags, output), { readOnly: true }),
    );
}

async function work(project: Project, { csv }: Flags, output: Output): Promise<void> {
  const model = await indexModel(project);
  const map = await cancellable(output, (signals) =>
    mapProject(project, model, 'pca', { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals }),
  );
  const rows = rowsOf(map, getClasses(project.db).map(({ name }) => name) as [string, string]);
  for (const row of rows) output.event('point', row);
  const { method, explained } = map;
  output.event('done', { method, pictures: rows.length, explained });
  if (csv !== undefined) {
    await writeCsv(toCsv(rows, ['path', 'x', 'y', 'label']), csv, rows.length, 'picture', output);
  } else {
    const axes = explained.map((share) => formatPercent(share)).join(' and ');
    output.line(`${plural(rows.length, 'picture')} on the map. --csv writes where each one is.`);
    output.line(`The axes explain ${axes} of the variance of the index.`);
  }
}

function rowsOf({ pictures, points }: ProjectMap, names: readonly [string, string]) {
  return pictures.map(({ path, label }, row) => ({
    path,
    x: points[2 * row]!,
    y: points[2 * row + 1]!,
    label: typeof label === 'number' ? names[label] : label,
  }));
}
