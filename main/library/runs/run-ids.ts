import { TwofoldError } from '../../../shared/errors.ts';
import { column, value, type Db } from '../database/sql.ts';

/** The number of the run `r1`, `r2`, …. @throws TwofoldError `not-found`, listing the last runs */
export function runNumber(db: Db, id: string): number {
  const number = /^r([1-9]\d{0,8})$/.exec(id)?.[1];
  if (number !== undefined) {
    const found = value<number>(db, 'SELECT number FROM runs WHERE number = :number', {
      number: Number(number),
    });
    if (found !== undefined) return found;
  }
  const known = column<number>(db, 'SELECT number FROM runs ORDER BY number DESC LIMIT 10')
    .map(runId)
    .reverse();
  throw new TwofoldError(
    'not-found',
    known.length === 0
      ? `There is no run ${id}: nothing has been trained in this project yet.`
      : `There is no run ${id} in this project. The last ones are ${known.join(', ')}.`,
  );
}

export function runId(number: number): string {
  return `r${number}`;
}
