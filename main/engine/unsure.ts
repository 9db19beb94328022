import { calibrated } from '../../shared/calibrated.ts';
import { TwofoldError } from '../../shared/errors.ts';
import type { EvaluatedSet } from '../../shared/split.ts';
import type { RunRecord } from '../../shared/library/runs.ts';
import type { ClassProposal, UnsureProposal, UnsureRule } from '../../shared/unsure.ts';
import { fewestAnswers, selectiveGuarantee } from '../insight/selective.ts';
import type { Project } from '../library/folder.ts';
import type { Db } from '../library/database/sql.ts';
import { setUnsure } from '../library/runs/calibration.ts';
import { knownScores } from './known-evaluation.ts';
import { tellRunFolders } from './model-view.ts';

/** Probability that the bound of a class does not hold. */
const DELTA = 0.05;

/**
 * Computes the probabilities from which a run may answer, from its stored predictions and the current labels. They are
 * chosen at temperature 1, so that a temperature fitted on the same pictures does not influence the choice.
 *
 * @param on a set that the run was not trained on
 * @param risk bound of the error rate among the answers of each class, 0..1
 * @throws TwofoldError `too-few` if the run has no prediction for this set
 */
export function proposeUnsure(
  db: Db,
  { id, temperature }: RunRecord,
  { on, risk }: { on: EvaluatedSet; risk: number },
): UnsureProposal {
  const scored = knownScores(db, id, on).map(({ probability, label }) => ({
    probability: calibrated(probability, 1 / temperature),
    label,
  }));
  if (scored.length === 0) {
    throw new TwofoldError(
      'too-few',
      `Run ${id} has no predictions for labelled ${on} pictures. Evaluate it first: twofold evaluate PROJECT --run ${id} --on ${on}`,
    );
  }
  const guarantees = selectiveGuarantee(scored, { risk, delta: DELTA });
  const fewest = fewestAnswers(risk, DELTA);
  const classes = guarantees.map((guarantee) => ({
    ...guarantee,
    from: guarantee.from && calibrated(guarantee.from, temperature),
    missing: Math.max(0, fewest - guarantee.predicted),
  })) as UnsureProposal['classes'];
  const both = <T>(of: (one: ClassProposal) => T): [T, T] => [of(classes[0]), of(classes[1])];
  const answered = both((one) => one.answered);
  const rule: UnsureRule = {
    risk,
    on,
    pictures: scored.length,
    from: both((one) => one.from),
    answered,
    wrong: both((one) => one.wrong),
  };
  return {
    rule: rule.from.every((from) => from === null) ? null : rule,
    answered: (answered[0] + answered[1]) / scored.length,
    pictures: scored.length,
    classes,
  };
}

/**
 * The rule of a proposal, to be applied.
 *
 * @throws TwofoldError `too-few` where nothing can be guaranteed for either class
 */
export function guaranteedRule({ rule, classes }: UnsureProposal, { classes: names }: RunRecord): UnsureRule {
  if (rule) return rule;
  const reasons = classes.map(({ missing }, label) =>
    missing > 0
      ? `"${names[label]!}": at least ${missing} more pictures are needed.`
      : `"${names[label]!}": too many errors.`,
  );
  throw new TwofoldError(
    'too-few',
    `Nothing can be guaranteed for either class. ${reasons.join(' ')} Label and validate on more pictures, or allow a larger share of errors.`,
  );
}

/** Stores a rule with a run; null removes it. */
export async function applyUnsure(project: Project, runId: string, rule: UnsureRule | null): Promise<void> {
  setUnsure(project.db, runId, rule);
  await tellRunFolders(project);
}
