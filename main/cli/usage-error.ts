import { TwofoldError } from '../../shared/errors.ts';

/** Options or arguments that don't fit together: exit code 2, as for commander's own errors. */
export class UsageError extends TwofoldError {
  constructor(message: string) {
    super('bad-input', message);
  }
}
