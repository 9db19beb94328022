import { TwofoldError } from '../../shared/errors.ts';

/** A command line that can't be meant as it is: exit code 2, as for what commander refuses. */
export class UsageError extends TwofoldError {
  constructor(message: string) {
    super('bad-input', message);
  }
}
