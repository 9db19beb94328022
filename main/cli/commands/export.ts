import { Option, type Command } from 'commander';
import {
  EXPORT_FORMATS,
  type ExportedFormat,
  type ExportFormatId,
  type ExportReport,
} from '../../../shared/contract/export.ts';
import type { JobEvent } from '../../../shared/jobs/messages.ts';
import { KERNEL_BITS, kernelBitsSchema } from '../../../shared/kernel-bits.ts';
import { formatBytes, formatDuration, formatPercent, plural } from '../../../shared/format.ts';
import { FORMATS } from '../../export/formats.ts';
import { checkFiles } from '../../library/pictures/check-files.ts';
import type { Project } from '../../library/folder.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { showJob } from '../show-job.ts';
import { THRESHOLD_OPTION } from '../threshold.ts';
import { UsageError } from '../usage-error.ts';

interface Flags {
  run?: string;
  format: ExportFormatId | 'all';
  out: string;
  force?: true;
  quantize?: string;
  link?: true;
  threshold?: number;
}

const EXAMPLES = `
Formats:
${FORMATS.map(({ id, description }) => `  ${id.padEnd(11)} ${description}`).join('\n')}
  all         Every format, each in its own folder.

Examples:
  twofold export traps --format tfjs --out traps-web
  twofold export traps --format tfjs --quantize 8 --out traps-small
  twofold export traps --run r2 --format onnx --out traps-onnx --force
  twofold export traps --format folders --link --out traps-pictures`;

export function addExport(program: Command, output: Output): void {
  program
    .command('export')
    .description(
      'export a trained run and compare its predictions with the app’s; or export labels or class folders',
    )
    .argument('<project>', 'project folder')
    .addOption(
      new Option('--format <format>', 'what to export, see below')
        .choices([...EXPORT_FORMATS, 'all'])
        .makeOptionMandatory(),
    )
    .requiredOption('--out <folder>', 'folder to create')
    .option('--run <id>', 'which run (default: the newest with a model)')
    .option('--force', 'replace an existing export')
    .addOption(
      new Option('--quantize <bits>', 'TensorFlow.js: store kernels with this many bits').choices(
        KERNEL_BITS.filter((bits) => bits < 32).map(String),
      ),
    )
    .option('--link', 'class folders: hard-link the pictures instead of copying them')
    .option(...THRESHOLD_OPTION)
    .addHelpText('after', EXAMPLES)
    .action((given: string, flags: Flags) =>
      withProject(given, output, (project) => work(project, flags, output), { readOnly: true }),
    );
}

async function work(project: Project, flags: Flags, output: Output): Promise<void> {
  checkFlags(flags);
  const { exportProject } = await import('../../engine/export/export.ts');
  await checkFiles(project);
  let format = '';
  const report = await cancellable(output, (signals) =>
    exportProject(
      project,
      {
        ...flags,
        force: flags.force ?? false,
        link: flags.link ?? false,
        bits: kernelBitsSchema.parse(Number(flags.quantize ?? 32)),
      },
      {
        spawn: spawnNodeProcess,
        ...signals,
        onEvent: showExportJob(output, () => format),
        onFormat: (id) => {
          format = nameOf(id);
          output.event('format', { format: id });
        },
      },
    ),
  );
  show(report, output);
}

function checkFlags({ quantize, format }: Flags): void {
  if (quantize !== undefined && format !== 'tfjs' && format !== 'all') {
    throw new UsageError(`--quantize is for --format tfjs (or all), but the format is ${format}.`);
  }
}

/** Like `showJob`, but without the predictions, which are only compared. @param format the one being written */
function showExportJob(output: Output, format: () => string): (event: JobEvent) => void {
  const common = showJob(output, format);
  return (event) => {
    if (event.type !== 'predicted') common(event);
  };
}

const nameOf = (format: ExportFormatId): string => FORMATS.find(({ id }) => id === format)!.name;

function show({ folder, run, exports, files }: ExportReport, output: Output): void {
  for (const exported of exports) {
    output.event('exported', exported);
    showOne(exported, output);
  }
  output.event('done', { folder, run, files });
  output.line(`Written to ${folder}`);
}

function showOne(exported: ExportedFormat, output: Output): void {
  const { format, sizeBytes, durationMs, check, unchecked, leftOut } = exported;
  output.line(`${nameOf(format)}: ${formatBytes(sizeBytes)}, ${formatDuration(durationMs)}`);
  if (leftOut.length > 0) output.line(`  ${plural(leftOut.length, 'picture')} skipped`);
  if (unchecked !== null) output.line(`  Not checked. ${unchecked}`);
  if (!check) return;
  const { pictures, unavailable, maxDifference, meanDifference, runtime, accuracy, sameClass } = check;
  output.line(
    `  Loaded again and compared on ${plural(pictures, 'picture')}: largest difference ${maxDifference.toExponential(1)}, ` +
      `mean ${meanDifference.toExponential(1)}, same class for ${sameClass} (${runtime})`,
  );
  if (unavailable > 0) {
    output.line(
      `  Not compared: ${plural(unavailable, 'picture')} of the run, now missing, changed, unreadable, unlabelled or in the test set`,
    );
  }
  if (check.tolerance === null) {
    output.line(
      `  Accuracy on ${plural(accuracy.pictures, accuracy.unseen ? 'validation picture' : 'training picture')}: ${formatPercent(accuracy.export)}, the app ${formatPercent(accuracy.app)}`,
    );
  }
}
