import type { ErrorCode } from '../errors.ts';

/** A skipped picture, and why. */
export interface LeftOut {
  path: string;
  code: ErrorCode;
  message: string;
}
