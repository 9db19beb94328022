import { Command } from 'commander';
import { VERSION } from '../support/version.ts';
import { addCache } from './commands/cache.ts';
import { addCalibrate } from './commands/calibrate.ts';
import { addCompare } from './commands/compare.ts';
import { addCheck } from './commands/check.ts';
import { addDuplicates } from './commands/duplicates.ts';
import { addErrors } from './commands/errors.ts';
import { addEvaluate } from './commands/evaluate.ts';
import { addExport } from './commands/export.ts';
import { addFeatures } from './commands/features.ts';
import { addHeatmap } from './commands/heatmap.ts';
import { addImport } from './commands/import.ts';
import { addIndex } from './commands/index-pictures.ts';
import { addLabel } from './commands/label.ts';
import { addLabels } from './commands/labels.ts';
import { addRecipeSearch } from './commands/recipe-search.ts';
import { addRemove } from './commands/remove.ts';
import { addLocate } from './commands/locate.ts';
import { addMap } from './commands/map.ts';
import { addNext } from './commands/next.ts';
import { addPredict } from './commands/predict.ts';
import { addReport } from './commands/report.ts';
import { addRuns } from './commands/runs.ts';
import { addSplit } from './commands/split.ts';
import { addSimilar } from './commands/similar.ts';
import { addSuggest } from './commands/suggest.ts';
import { addSummary } from './commands/summary.ts';
import { addTrain } from './commands/train.ts';
import { addUnsure } from './commands/unsure.ts';
import { addWeights } from './commands/weights.ts';
import { openCommandLog } from './command-log.ts';
import type { Output } from './output.ts';

/**
 * The whole command line: every command adds itself. Throws CommanderError instead of ending the process.
 *
 * @param argv what was typed, for the log
 */
export function buildProgram(output: Output, argv: readonly string[] = []): Command {
  const program = new Command('twofold')
    .description('Turn a folder of pictures into a two-class image classifier.')
    .version(VERSION)
    // `main` reports errors; only the help of a group of commands is written here.
    .configureOutput({ outputError: () => undefined })
    .exitOverride();
  for (const add of [
    addImport,
    addLabel,
    addLabels,
    addRemove,
    addLocate,
    addSplit,
    addIndex,
    addSuggest,
    addNext,
    addSimilar,
    addMap,
    addErrors,
    addDuplicates,
    addCheck,
    addRecipeSearch,
    addTrain,
    addRuns,
    addEvaluate,
    addCompare,
    addCalibrate,
    addUnsure,
    addPredict,
    addHeatmap,
    addExport,
    addReport,
    addSummary,
    addCache,
    addFeatures,
    addWeights,
  ]) {
    add(program, output);
  }
  for (const command of everyCommand(program)) {
    if (command.commands.length === 0) {
      command
        .option('--json', 'print one JSON object a line, for programs')
        .option('--log <file>', 'append to a log: versions, notes, errors with their causes')
        // As soon as it is read, so that an error in a later argument is logged too.
        .on('option:log', (file: string) => openCommandLog(file, argv));
    }
    command.exitOverride();
  }
  return program;
}

function everyCommand(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...everyCommand(child)]);
}
