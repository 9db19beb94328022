import { Option, type Command } from 'commander';
import { formatCount, formatDuration, formatPercent, plural } from '../../../shared/format.ts';
import { MAP_METHODS, MOST_FITTED, umapMs, type MapMethod } from '../../../shared/map.ts';
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
  method: MapMethod;
  csv?: string;
}

export function addMap(program: Command, output: Output): void {
  program
    .command('map')
    .description('place all pictures of a project on a map, similar ones near each other')
    .argument('<project>', 'project folder')
    .addOption(new Option('--method <method>', 'how pictures are placed').choices(MAP_METHODS).default('pca'))
    .option('--csv <file>', 'write path, x, y and label of every picture; - for standard output')
    .addHelpText(
      'after',
      `\npca places pictures along the two principal components of the index. umap keeps similar pictures\ntogether: about ${formatDuration(umapMs(MOST_FITTED))} for ${formatCount(MOST_FITTED)} pictures and ${formatDuration(umapMs(100_000))} for 100,000, of which it places ${formatCount(MOST_FITTED)}\nitself and the others at the most similar of these.\n\nExamples:\n  twofold map traps --csv map.csv\n  twofold map traps --method umap`,
    )
    .action((given: string, flags: Flags) =>
      withProject(given, output, (project) => work(project, flags, output), { readOnly: true }),
    );
}

async function work(project: Project, { csv, method }: Flags, output: Output): Promise<void> {
  const model = await indexModel(project);
  const map = await cancellable(output, (signals) =>
    mapProject(project, model, method, { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals }),
  );
  const rows = rowsOf(map, getClasses(project.db).map(({ name }) => name) as [string, string]);
  for (const row of rows) output.event('point', row);
  const { explained } = map;
  output.event('done', { method, pictures: rows.length, explained });
  if (csv !== undefined) {
    await writeCsv(toCsv(rows, ['path', 'x', 'y', 'label']), csv, rows.length, 'picture', output);
  } else {
    output.line(`${plural(rows.length, 'picture')} on the map. --csv writes where each one is.`);
    if (method === 'umap') return;
    const axes = explained.map((share) => formatPercent(share)).join(' and ');
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
