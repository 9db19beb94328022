import type { Command } from 'commander';
import { UsageError } from '../usage-error.ts';
import type { LabelResult, LabelValue } from '../../../shared/library/labels.ts';
import { plural } from '../../../shared/format.ts';
import { classByName, getClasses } from '../../library/labels/classes.ts';
import { replay } from '../../engine/class-order.ts';
import { setLabels } from '../../library/labels/labels.ts';
import type { Project } from '../../library/folder.ts';
import { idsOf } from '../find-pictures.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { reportSwap } from '../report-swap.ts';

interface Flags {
  undo?: boolean;
  redo?: boolean;
}

export function addLabel(program: Command, output: Output): void {
  program
    .command('label')
    .description('label pictures; undo and redo')
    .argument('<project>', 'project folder')
    .argument(
      '[label]',
      'class name, 0 or 1, "skip" to exclude the pictures from training, "clear" to remove their label',
    )
    .argument('[files...]', 'imported pictures')
    .option('--undo', 'undo the last change of labels, swap of the classes or removal')
    .option('--redo', 'redo what was undone last')
    .addHelpText(
      'after',
      '\nExamples:\n  twofold label traps fox night-1.jpg night-2.jpg\n  twofold label traps clear night-2.jpg\n  twofold label traps --undo',
    )
    .action((given: string, label: string | undefined, files: string[], flags: Flags, command: Command) => {
      const steps = flags.undo === true || flags.redo === true;
      if (steps === (label !== undefined))
        command.error('error: expected a label and files, or --undo or --redo.');
      if (label !== undefined && files.length === 0)
        command.error('error: expected at least one picture to label.');
      return withProject(given, output, async (project) => {
        if (steps) {
          const result = await replay(project, flags.undo ? 'undo' : 'redo', 'cli');
          if (result?.swapped) reportSwap(project, output);
          else if (result?.restored || result?.removed) reportRemoval(result, output);
          else if (result?.moved) reportMoves(result.moved.length, flags.undo ? 'back ' : '', output);
          else report(result, flags.undo ? 'Undone' : 'Redone', output);
        } else {
          const value = parseLabel(project, label!);
          report(setLabels(project.db, await idsOf(project, files), value, 'cli'), 'Changed', output);
        }
      });
    });
}

function parseLabel(project: Project, text: string): LabelValue {
  const names = getClasses(project.db).map(({ name }) => name);
  const exact = names.indexOf(text);
  if (exact >= 0) return exact as 0 | 1;
  switch (text.toLowerCase()) {
    case '0':
      return 0;
    case '1':
      return 1;
    case 'skip':
      return 'skipped';
    case 'clear':
      return null;
    default: {
      const alike = classByName(project.db, text);
      if (alike !== null) return alike;
      throw new UsageError(
        `"${text}" is not a label of this project. Expected "${names.join('", "')}", 0, 1, skip or clear.`,
      );
    }
  }
}

function reportRemoval({ restored, removed = [] }: LabelResult, output: Output): void {
  const count = (restored ?? removed).length;
  const does = restored ? 'restored to' : 'removed from';
  output.event('done', { [restored ? 'restored' : 'removed']: count });
  output.line(`${plural(count, 'picture')} ${does} the project.`);
}

function reportMoves(moved: number, back: string, output: Output): void {
  output.event('done', { moved });
  output.line(`Moved ${plural(moved, 'picture')} ${back}to another set.`);
}

function report(result: LabelResult | null, done: string, output: Output): void {
  const changed = result?.changes.length ?? 0;
  output.event('done', { changed });
  output.line(
    result === null ? 'Nothing to undo or redo.' : `${done}: the label of ${plural(changed, 'picture')}.`,
  );
}
