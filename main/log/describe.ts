import { inspect } from 'node:util';

/** What was thrown as text: message, stack, causes. */
export function describe(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 4 });
}
