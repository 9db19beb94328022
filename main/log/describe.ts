import { inspect } from 'node:util';

/** A thrown value as text: message, stack and causes. */
export function describe(thrown: unknown): string {
  return typeof thrown === 'string' ? thrown : inspect(thrown, { depth: 4 });
}
