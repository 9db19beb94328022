import { formatPercent } from '../../shared/format.ts';
import type { UnsureRule } from '../../shared/unsure.ts';
import { wholePercent } from './probability.ts';

/**
 * What a rule for unsure answers guarantees, in one or two sentences.
 *
 * @param answered share of the pictures that are answered, 0..1
 */
export function unsureHeadline(
  { risk, from }: Pick<UnsureRule, 'risk' | 'from'>,
  answered: number,
  names: readonly [string, string],
): string {
  const never = from.indexOf(null);
  const right = wholePercent(1 - risk);
  const share = formatPercent(answered);
  if (never < 0) {
    return `Right at least ${right} of the time when it answers, with 95% confidence for each class, and it answers ${share} of pictures.`;
  }
  return (
    `Right at least ${right} of the time when it answers “${names[1 - never]}”, with 95% confidence, and it answers ${share} of pictures. ` +
    `It never answers “${names[never]}”.`
  );
}
