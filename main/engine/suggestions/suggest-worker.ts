import { workerData } from 'node:worker_threads';
import { toFailure, TwofoldError, type Result } from '../../../shared/errors.ts';
import { connectToRead } from '../../library/reading/connect.ts';
import { forAWhile } from '../../support/for-a-while.ts';
import { SuggestionSession } from './session.ts';
import { askSession, type SuggestAnswer, type SuggestSteps, type SuggestTurn } from './suggest-task.ts';

export interface SuggestWorkerData {
  /** The project's database. */
  file: string;
  cacheDir: string;
  /** Number of urgent tasks that wait, in a SharedArrayBuffer. */
  urgent: Int32Array;
}

const { file, cacheDir, urgent } = workerData as SuggestWorkerData;
const isUrgent = (): boolean => Atomics.load(urgent, 0) > 0;
let session: SuggestionSession | null = null;
/** Tasks that have begun, by their number. */
const begun = new Map<number, SuggestSteps>();

/**
 * Entry point of the thread of `SuggestionThread`.
 *
 * @returns the answer to the task; null while it needs another turn
 */
export default async function suggest({
  id,
  task,
}: SuggestTurn): Promise<Result<{ value: SuggestAnswer } | null>> {
  try {
    session ??= new SuggestionSession(connectToRead(file), cacheDir);
    if (task) {
      const answer = askSession(session, task);
      if (!isSteps(answer)) return { ok: true, value: { value: answer } };
      begun.set(id, answer);
    }
    const steps = begun.get(id);
    // It had begun in a thread that ended.
    if (!steps) throw new TwofoldError('crashed', 'The thread that suggests labels ended. Try again.');
    const done = await forAWhile<SuggestAnswer>(steps, isUrgent);
    if (done) begun.delete(id);
    return { ok: true, value: done };
  } catch (error) {
    begun.delete(id);
    return { ok: false, error: toFailure(error) };
  }
}

const isSteps = (answer: SuggestAnswer | SuggestSteps): answer is SuggestSteps =>
  answer !== null && 'next' in answer && typeof answer.next === 'function';
