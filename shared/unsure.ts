import { z } from 'zod';
import { classAt, probabilityOf } from './metrics.ts';
import { formatPercent, plural } from './format.ts';
import { EVALUATED_SETS } from './split.ts';
import { statedThreshold, swapPair } from './swap.ts';

/** A guaranteed highest error rate, 0..0.5, in tenths of a percent: texts show no more, and must not round it down. */
export const riskSchema = z
  .number()
  .gt(0)
  .lt(0.5)
  .refine((risk) => Math.abs(risk * 1000 - Math.round(risk * 1000)) < 1e-9);
export const DEFAULT_RISK = 0.05;

const pair = z.tuple([z.int(), z.int()]);
const border = z.number().min(0.5).max(1).nullable();

/**
 * When a run leaves a picture unanswered, and what is guaranteed of its answers: of those of each class at most `risk`
 * are wrong, with 95% confidence for each class, for pictures that resemble those the rule was made from.
 */
export const unsureRuleSchema = z.object({
  /** The guaranteed highest error rate among the answers of a class, 0..1. */
  risk: z.number().gt(0).lt(1),
  /** Which pictures it was made from; the run was not trained on them. */
  on: z.enum(EVALUATED_SETS),
  pictures: z.int(),
  /** For class 0 and class 1, the probability of that class from which on it is answered; null: never. */
  from: z.tuple([border, border]),
  /** Of `pictures`, those answered with each class, and those of them that are wrong. */
  answered: pair,
  wrong: pair,
});
export type UnsureRule = z.infer<typeof unsureRuleSchema>;

/** When a class is answered, and the error bound of these answers. */
export interface ClassGuarantee {
  /** Minimum probability of the class to answer it, 0.5..1; null if no bound can be given. */
  from: number | null;
  /** Pictures answered with this class, and how many of them wrongly; 0 if no bound can be given. */
  answered: number;
  wrong: number;
  /** Upper bound of the error rate among the answers, at confidence 1 - delta: the wanted one; null if it can't be given. */
  errorAtMost: number | null;
  /** Pictures predicted as this class, answered or not. */
  predicted: number;
}

/** A rule for when a run answers, with its bounds. */
export interface UnsureProposal {
  /** Null if no bound can be given for either class. */
  rule: UnsureRule | null;
  /** Share of the pictures that would be answered, 0..1. */
  answered: number;
  pictures: number;
  classes: [ClassProposal, ClassProposal];
}

export interface ClassProposal extends ClassGuarantee {
  /** Minimum number of further pictures predicted as this class that are needed, if all are correct; 0 if enough. */
  missing: number;
}

/** How an unsure answer is written in tables and for programs. */
export const UNSURE = 'unsure';

/**
 * The predicted class, or null for an unsure answer. With a rule its borders decide and the threshold does not.
 *
 * @param probability of class 1
 */
export function answerAt(probability: number, threshold: number, rule: UnsureRule | null): 0 | 1 | null {
  if (!rule) return classAt(probability, threshold);
  const label = classAt(probability, 0.5);
  const from = rule.from[label];
  return from !== null && probabilityOf(label, probability) >= from ? label : null;
}

/** The same rule after the classes changed places. */
export const swapRule = ({ from, answered, wrong, ...rest }: UnsureRule): UnsureRule => ({
  ...rest,
  from: swapPair(from),
  answered: swapPair(answered),
  wrong: swapPair(wrong),
});

/** Which probability means which class, as a sentence. */
export function answerRule(
  [zero, one]: readonly [string, string],
  threshold: number,
  rule: UnsureRule | null,
): string {
  if (!rule)
    return `Above a probability of ${statedThreshold(threshold)} a picture is "${one}", otherwise "${zero}".`;
  const parts = rule.from.flatMap((from, label) =>
    from === null ? [] : [`"${label === 0 ? zero : one}" from ${formatPercent(from)} of that class on`],
  );
  return `A picture is ${parts.join(', ')}, otherwise unsure.`;
}

/** How many of the pictures that a rule was made from it answers, as a sentence. */
export const answeredSentence = ({ answered, pictures, on }: UnsureRule): string =>
  `It answers ${formatPercent((answered[0] + answered[1]) / pictures)} of the ${plural(pictures, `${on} picture`)}.`;

/** What a rule guarantees of its answers, and what not, as sentences. */
export function unsureGuarantee(
  classes: readonly [string, string],
  rule: Pick<UnsureRule, 'risk' | 'on' | 'pictures' | 'from'>,
): string {
  const never = rule.from.flatMap((border, label) => (border === null ? [classes[label]!] : []));
  const [assumption, ...others] = presumptions(rule);
  return [
    guaranteeSentence(classes, rule),
    assumption,
    ...never.map((name) => `Nothing can be guaranteed for "${name}", so it is never answered.`),
    ...others,
  ].join(' ');
}

/** What a rule guarantees of its answers, as one sentence. */
export function guaranteeSentence(
  classes: readonly [string, string],
  { risk, on, pictures, from }: Pick<UnsureRule, 'risk' | 'on' | 'pictures' | 'from'>,
): string {
  const isOfBoth = !from.includes(null);
  const [only] = classes.filter((_, label) => from[label] !== null);
  return (
    `Of the ${isOfBoth ? 'answers of each class' : `answers "${only}"`} at most ${formatPercent(risk)} are wrong, with 95% ` +
    `confidence${isOfBoth ? ' for each class (at least 90% for both together)' : ''}, for pictures drawn like the ${pictures} ` +
    `${on} pictures from which this was computed. Pictures of another kind are not covered.`
  );
}

/** What the guarantee presumes, a paragraph each. */
export const presumptions = ({ on }: Pick<UnsureRule, 'on'>): [string, string] => [
  ASSUMPTIONS,
  on === 'validation' ? VALIDATION_CAVEAT : TEST_CAVEAT,
];

/** The guarantee pays for the choice of the borders, not for that of the error rate. */
const ASSUMPTIONS =
  'This presumes that the error rate was chosen beforehand, not adjusted until a guarantee appeared, and that the pictures ' +
  'are independent: each counts, so near-duplicates, such as frames of a burst, make the guarantee too optimistic.';

const TEST_CAVEAT = 'It also presumes that the test set was not used to choose this run or its recipe.';

/** Why the validation set gives too good a guarantee. Threshold and temperature are not among the reasons: see decisions/unsure.md. */
const VALIDATION_CAVEAT =
  'The validation set also decided which epoch was kept, and often which recipe, which makes the guarantee too optimistic; ' +
  'a test set avoids that. The threshold and the temperature have no influence on it.';

export const UNSURE_METHOD =
  'Selective classification with guaranteed risk (Geifman and El-Yaniv, 2017): the most confident pictures, in numbers that are ' +
  'fixed in advance, are tested in a fixed sequence (Learn then Test, Angelopoulos et al., 2021) with exact binomial ' +
  '(Clopper–Pearson) tests.';
