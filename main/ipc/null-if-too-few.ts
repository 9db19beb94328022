import { toFailure } from '../../shared/errors.ts';

/** Null where pictures are missing that an answer needs, which the window then says. */
export async function nullIfTooFew<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (thrown) {
    if (toFailure(thrown).code === 'too-few') return null;
    throw thrown;
  }
}
