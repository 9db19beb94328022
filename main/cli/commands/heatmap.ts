import path from 'node:path';
import type { Command } from 'commander';
import { TwofoldError } from '../../../shared/errors.ts';
import { heatColours, heatMapMethod } from '../../../shared/heat-map.ts';
import { formatPercent } from '../../../shared/format.ts';
import type { HeatMapJob } from '../../../shared/jobs/heat-map.ts';
import { classAt, probabilityOf, sigmoid } from '../../../shared/metrics.ts';
import { answerAt, UNSURE } from '../../../shared/unsure.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { modelView, runView } from '../../engine/model-view.ts';
import { writeAtomically } from '../../files/atomic-file.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import { runDir, type Project } from '../../library/folder.ts';
import { getClasses } from '../../library/labels/classes.ts';
import { drawHeatMap } from '../../pictures/heat-map.ts';
import { runJob } from '../../training/supervisor.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { showJob } from '../show-job.ts';

interface Flags {
  run?: string;
  out: string;
}

export function addHeatmap(program: Command, output: Output): void {
  program
    .command('heatmap')
    .description('show how much each part of a picture contributes to each class')
    .argument('<project>', 'project folder')
    .argument('<file>', 'any picture')
    .requiredOption('--out <file>', 'PNG to write: the picture with the heat map on top')
    .option('--run <id>', 'which run (default: the newest with a model)')
    .addHelpText(
      'after',
      '\nEach of the 7 × 7 cells (at mixed7 and 150 pixels) is coloured by its contribution to the logit: an exact sum for a head with one hidden layer or none, gradient × input for a head with several. Either way the cells and the biases add up to the logit.\n\nExample:\n  twofold heatmap traps night-1.jpg --out night-1-map.png',
    )
    .action((given: string, file: string, flags: Flags) =>
      withProject(given, output, (project) => heatmap(project, file, flags, output), { readOnly: true }),
    );
}

async function heatmap(
  project: Project,
  file: string,
  { run: id, out }: Flags,
  output: Output,
): Promise<void> {
  const run = chooseRun(project, id);
  const { threshold } = modelView(project.db);
  const { maps, leftOut } = await cancellable(output, (signals) =>
    runJob<HeatMapJob>(
      {
        kind: 'heat-map',
        runDir: runDir(project, run.id),
        ...runView(project.db, run),
        cacheDir: null,
        pictures: [{ path: path.resolve(file), sha256: null }],
      },
      { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals },
    ),
  );
  const [map] = maps;
  if (!map) {
    throw new TwofoldError('bad-picture', leftOut[0]?.message ?? `${file} could not be read.`);
  }
  const classes = getClasses(project.db);
  const png = await drawHeatMap(map.path, map, {
    colors: heatColours([classes[0].color, classes[1].color]),
    bits16: run.recipe?.bits16,
  });
  await writeAtomically(out, (target) => target.writeFile(png));
  const probability = sigmoid(map.logit);
  const answer = answerAt(probability, threshold, run.unsure);
  output.event('done', {
    run: run.id,
    ...map,
    probability,
    label: answer === null ? UNSURE : classes[answer].name,
    unsure: answer === null,
    out,
  });
  const likelier = answer ?? classAt(probability, 0.5);
  const share = formatPercent(probabilityOf(likelier, probability));
  const name = `"${classes[likelier].name}"`;
  const words = answer === null ? `Unsure; ${name} is more likely` : `Predicted ${name}`;
  output.line(`${words} (${share}). Wrote the heat map to ${out}.`);
  output.line(heatMapMethod(map.method));
}
