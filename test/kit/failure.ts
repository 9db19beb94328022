import { expect } from 'vitest';
import { TwofoldError, type ErrorCode } from '../../shared/errors.ts';

/** @returns what work fails with; anything but a `TwofoldError` is thrown on */
export async function failure(work: Promise<unknown>): Promise<TwofoldError> {
  const error: unknown = await work.then(
    () => new Error('nothing was thrown'),
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof TwofoldError)) throw error;
  return error;
}

export async function expectFailure(work: Promise<unknown>, code: ErrorCode, message: RegExp): Promise<void> {
  const error = await failure(work);
  expect(error.message).toMatch(message);
  expect(error.code).toBe(code);
}
