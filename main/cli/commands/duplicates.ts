import type { Command } from 'commander';
import { formatCount, plural } from '../../../shared/format.ts';
import type { LabelValue } from '../../../shared/library/labels.ts';
import {
  duplicateGroups,
  findDuplicates,
  findLeaks,
  repairLeaks,
  type DuplicateGroup,
} from '../../engine/duplicates.ts';
import { indexModel } from '../../engine/index-library.ts';
import { toCsv } from '../../files/csv.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import type { Project } from '../../library/folder.ts';
import { getClasses } from '../../library/labels/classes.ts';
import { listContents } from '../../library/reading/contents.ts';
import { printable, table } from '../format.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseCount } from '../recipe-options.ts';
import { showJob } from '../show-job.ts';
import { showLeaks } from '../show-leaks.ts';
import { writeCsv } from '../write-csv.ts';

interface Flags {
  count: number;
  csv?: string;
  repair?: boolean;
}

export function addDuplicates(program: Command, output: Output): void {
  program
    .command('duplicates')
    .description('list groups of near-duplicates, and those in more than one set')
    .argument('<project>', 'project folder')
    .option('--count <n>', 'how many groups to list', parseCount, 20)
    .option('--csv <file>', 'write all of them as CSV; - for standard output')
    .option('--repair', 'move each group that is in several sets to one of them, as one undo step')
    .addHelpText(
      'after',
      '\nNear-duplicates are copies of a picture, also compressed, resized, brightened, cropped a little or mirrored, and frames of a burst.\n\nExamples:\n  twofold duplicates traps\n  twofold duplicates traps --repair',
    )
    .action((given: string, flags: Flags) =>
      withProject(given, output, (project) => work(project, flags, output), {
        readOnly: flags.repair !== true,
      }),
    );
}

async function work(project: Project, { count, csv, repair = false }: Flags, output: Output): Promise<void> {
  const all = listContents(project.db);
  const model = await indexModel(project);
  const keys = await cancellable(output, (signals) =>
    findDuplicates(project, model, all, { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals }),
  );
  const groups = duplicateGroups(all, keys);
  const leaks = findLeaks(groups);
  const names = getClasses(project.db).map(({ name }) => name) as [string, string];
  const rows = groups.flatMap((group, index) => rowsOf(group, index + 1, names));
  for (const row of rows) output.event('duplicate', row);
  const moved = repair ? (repairLeaks(project.db, leaks, 'cli').moved?.length ?? 0) : 0;
  output.event('done', { groups: groups.length, pictures: rows.length, leaks: leaks.length, moved });
  if (csv !== undefined) {
    await writeCsv(toCsv(rows, ['group', 'path', 'label', 'set']), csv, rows.length, 'picture', output);
  } else {
    show(groups, rows, count, output);
  }
  if (repair) output.line(`Moved ${plural(moved, 'picture')} of ${plural(leaks.length, 'group')}.`);
  else showLeaks(leaks, project, output);
}

interface Row {
  group: number;
  path: string;
  /** Name of the class; null: unlabelled. */
  label: string | null;
  set: string | null;
}

const rowsOf = ({ pictures }: DuplicateGroup, group: number, names: readonly [string, string]): Row[] =>
  pictures.map(({ path, label, split }) => ({ group, path, label: nameOf(label, names), set: split }));

const nameOf = (label: LabelValue, names: readonly [string, string]): string | null =>
  typeof label === 'number' ? names[label] : label;

function show(groups: readonly DuplicateGroup[], rows: readonly Row[], count: number, output: Output): void {
  if (groups.length === 0) {
    output.line('No near-duplicates.');
    return;
  }
  output.line(
    table(
      ['group', 'picture', 'label', 'set'],
      rows
        .filter(({ group }) => group <= count)
        .map(({ group, path, label, set }) => [group, printable(path), label ?? '', set ?? '']),
    ),
  );
  if (groups.length > count) {
    output.line(`… and ${plural(groups.length - count, 'more group')}; --csv writes them all.`);
  }
  output.line(`${plural(groups.length, 'group')} with ${formatCount(rows.length)} pictures in all.`);
}
