import type { Command } from 'commander';
import { formatInterval, plural } from '../../../shared/format.ts';
import { FEATURE_CHOICES, SEARCH_PICTURES, type FeatureScore } from '../../../shared/recipe-search.ts';
import { formatP } from '../../../shared/run-comparison.ts';
import { searchRecipes } from '../../engine/recipe-search.ts';
import { spawnNodeProcess } from '../../jobs/child.ts';
import type { Project } from '../../library/folder.ts';
import { getSettings } from '../../library/settings.ts';
import { table } from '../format.ts';
import { cancellable } from '../interrupt.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseCount } from '../recipe-options.ts';
import { showJob } from '../show-job.ts';

interface Flags {
  cuts?: string[];
  sizes?: number[];
  count: number;
}

export function addRecipeSearch(program: Command, output: Output): void {
  program
    .command('recipe-search')
    .description('compare layers and input sizes of InceptionV3 by accuracy and speed')
    .argument('<project>', 'project folder')
    .option('--cuts <layer,…>', 'layers to compare', (text) => text.split(','))
    .option('--sizes <pixels,…>', 'input sizes to compare', (text) => text.split(',').map(parseCount))
    .option('--count <n>', 'the most labelled pictures to use', parseCount, SEARCH_PICTURES)
    .addHelpText(
      'after',
      '\nA quick linear classifier on pooled features predicts each labelled picture from the others (5 folds). The test set is not used. A trained model’s accuracy differs, usually in the same order.\n\nExamples:\n  twofold recipe-search traps\n  twofold recipe-search traps --cuts mixed5,mixed7 --sizes 150,224',
    )
    .action((given: string, flags: Flags) =>
      withProject(given, output, (project) => search(project, flags, output), { readOnly: true }),
    );
}

async function search(project: Project, { cuts, sizes, count }: Flags, output: Output): Promise<void> {
  const { recipe } = getSettings(project.db);
  const choices =
    cuts || sizes
      ? (cuts ?? [recipe.cut]).flatMap((cut) => (sizes ?? [recipe.size]).map((size) => ({ cut, size })))
      : FEATURE_CHOICES;
  const found = await cancellable(output, (signals) =>
    searchRecipes(
      project,
      recipe,
      { choices, count },
      { spawn: spawnNodeProcess, onEvent: showJob(output), ...signals },
    ),
  );
  const { pictures, scores, leftOut } = found;
  for (const score of scores) output.event('choice', score);
  output.event('done', { pictures, leftOut });
  const current = scores.find(({ isCurrent }) => isCurrent)!;
  output.line(
    table(
      ['layer', 'size', 'accuracy', 'ms per picture', 'time', 'compared with the current one'],
      scores.map((score) => [
        score.cut,
        score.size,
        formatInterval(score.accuracy),
        score.msPerPicture.toFixed(1),
        `${(score.msPerPicture / current.msPerPicture).toFixed(1)}×`,
        comparison(score),
      ]),
    ),
  );
  output.line();
  output.line(
    `On ${plural(pictures, 'labelled picture')}, with a linear classifier on pooled features: 95% confidence intervals, McNemar’s exact test.`,
  );
  const [best] = scores;
  if (best && best.onlyThis > best.onlyCurrent) {
    output.line(`To train with the best: twofold train PROJECT --cut ${best.cut} --size ${best.size}`);
  }
}

function comparison({ isCurrent, onlyThis, onlyCurrent, p }: FeatureScore): string {
  if (isCurrent) return 'current';
  return `${onlyThis} gained, ${onlyCurrent} lost (${formatP(p)})`;
}
