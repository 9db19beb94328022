import { workerData } from 'node:worker_threads';
import { toFailure, type Result } from '../../../shared/errors.ts';
import { connectToRead } from '../../library/reading/connect.ts';
import { SuggestionSession } from './session.ts';
import { askSession, type SuggestAnswer, type SuggestTask, type UNPREDICTED } from './suggest-task.ts';

const { file, cacheDir } = workerData as { file: string; cacheDir: string };
let session: SuggestionSession | null = null;

/** Entry point of the thread of `SuggestionThread`. */
export default async function suggest(
  task: SuggestTask,
): Promise<Result<SuggestAnswer | typeof UNPREDICTED>> {
  try {
    session ??= new SuggestionSession(connectToRead(file), cacheDir);
    return { ok: true, value: await askSession(session, task) };
  } catch (error) {
    return { ok: false, error: toFailure(error) };
  }
}
