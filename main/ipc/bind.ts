import { ipcMain, type IpcMainInvokeEvent } from 'electron';
import { CALLS, type CallName } from '../../shared/contract.ts';
import { CALL_CHANNEL } from '../../shared/contract/channels.ts';
import type { Result } from '../../shared/errors.ts';
import { answer, refuse, type Handlers } from './answer.ts';

/**
 * Binds the contract to its handlers: one channel for all calls. A call that does not come from our own window, is not
 * in the contract, or does not match its schema gets an error, and no handler runs.
 *
 * @param isOurs whether a call comes from the main frame of our window, showing our own page
 * @param onFailure called for every call that fails, for the log
 */
export function bindCalls(
  handlers: Handlers,
  isOurs: (event: IpcMainInvokeEvent) => boolean,
  onFailure: (name: string, error: unknown) => void,
): void {
  ipcMain.handle(CALL_CHANNEL, async (event, name: unknown, payload: unknown): Promise<Result<unknown>> => {
    if (!isOurs(event)) return refuse('This call does not come from the window of Twofold.');
    if (!isCallName(name)) return refuse(`There is no call ${JSON.stringify(name)}.`);
    return answer(handlers, name, payload, onFailure);
  });
}

function isCallName(name: unknown): name is CallName {
  return typeof name === 'string' && Object.hasOwn(CALLS, name);
}
