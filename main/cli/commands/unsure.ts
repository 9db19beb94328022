import { Option, type Command } from 'commander';
import { formatPercent, plural } from '../../../shared/format.ts';
import type { EvaluatedSet } from '../../../shared/split.ts';
import {
  answeredSentence,
  DEFAULT_RISK,
  riskSchema,
  UNSURE_METHOD,
  unsureGuarantee,
  type ClassProposal,
} from '../../../shared/unsure.ts';
import { chooseRun } from '../../engine/evaluate.ts';
import { applyUnsure, guaranteedRule, proposeUnsure } from '../../engine/unsure.ts';
import type { Project } from '../../library/folder.ts';
import type { Output } from '../output.ts';
import { withProject } from '../project-command.ts';
import { parseNumber } from '../recipe-options.ts';
import { UsageError } from '../usage-error.ts';

interface Flags {
  run?: string;
  alpha: number;
  on: EvaluatedSet;
  apply?: true;
  reset?: true;
}

export function addUnsure(program: Command, output: Output): void {
  program
    .command('unsure')
    .description('abstain on uncertain pictures, with a guaranteed error rate for each class')
    .argument('<project>', 'project folder')
    .option('--run <id>', 'which run (default: the newest with a model)')
    .option('--alpha <share>', 'share of the answers of a class that may be wrong', parseAlpha, DEFAULT_RISK)
    .addOption(
      new Option('--on <set>', 'pictures to compute it from: the run’s validation set or the test set')
        .choices(['validation', 'test'])
        .default('validation'),
    )
    .option('--apply', 'make it part of the run: predictions and exports answer "unsure"')
    .option('--reset', 'answer every picture again')
    .addHelpText(
      'after',
      `\n${UNSURE_METHOD}\n\nExample:\n  twofold unsure traps --run r2 --alpha 0.05 --apply`,
    )
    .action((given: string, flags: Flags, command: Command) => {
      if (flags.apply && flags.reset) command.error('error: --apply and --reset exclude each other.');
      return withProject(given, output, (project) => unsure(project, flags, output), {
        readOnly: !flags.apply && !flags.reset,
      });
    });
}

function parseAlpha(text: string): number {
  const alpha = parseNumber(text);
  if (riskSchema.safeParse(alpha).success) return alpha;
  throw new UsageError(
    `--alpha: expected a number above 0 and below 0.5 with at most three decimals, received ${text}.`,
  );
}

async function unsure(
  project: Project,
  { run: id, alpha, on, apply, reset }: Flags,
  output: Output,
): Promise<void> {
  const run = chooseRun(project, id);
  if (reset) {
    await applyUnsure(project, run.id, null);
    output.event('done', { run: run.id, applied: null });
    output.line(`Run ${run.id} answers every picture again.`);
    return;
  }
  const proposal = proposeUnsure(project.db, run, { on, risk: alpha });
  if (apply) await applyUnsure(project, run.id, guaranteedRule(proposal, run));
  const guarantee = proposal.rule && unsureGuarantee(run.classes, proposal.rule);
  const applied = apply ? proposal.rule : run.unsure;
  output.event('done', { run: run.id, ...proposal, applied, guarantee, method: UNSURE_METHOD });
  for (const [label, one] of proposal.classes.entries())
    output.line(describe(one, run.classes[label]!, alpha));
  if (guarantee) {
    output.line(answeredSentence(proposal.rule!));
    output.line(guarantee);
    output.line(UNSURE_METHOD);
  }
  if (apply) {
    output.line(
      `Run ${run.id} answers "unsure" elsewhere from now on; evaluate, Review and reports still count every picture, at the threshold. --reset removes it.`,
    );
  } else if (proposal.rule) output.line('Not applied. --apply makes it part of the run.');
}

function describe(
  { from, answered, wrong, predicted, errorAtMost, missing }: ClassProposal,
  name: string,
  alpha: number,
): string {
  if (from !== null) {
    return (
      `"${name}": answered from a probability of ${formatPercent(from)} on. ${answered} of ${plural(predicted, 'picture')} ` +
      `predicted so are answered, ${wrong} wrongly: with 95% confidence at most ${formatPercent(errorAtMost!)}.`
    );
  }
  return missing > 0
    ? `"${name}": Not enough pictures yet. At least ${missing} more that are predicted so, all correctly, are needed beside ${predicted}.`
    : `"${name}": No answers. Too many of the ${plural(predicted, 'picture')} predicted so are wrong for at most ${formatPercent(alpha)}.`;
}
