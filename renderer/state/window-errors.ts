import { MAX_ERROR_CHARACTERS, type WindowError } from '../../shared/contract/system.ts';
import type { Client } from './client.ts';

/** Reports errors of the window that nothing caught to main, which logs them. Called before anything is shown. */
export function reportErrors(client: Client): void {
  window.addEventListener('error', ({ error, message }) => {
    // Sizes that change while they are watched are measured again in the next frame: no error.
    if (!message.startsWith('ResizeObserver loop')) reportError(client, 'error', error ?? message);
  });
  window.addEventListener('unhandledrejection', ({ reason }) => reportError(client, 'rejection', reason));
}

/** Has main log an error. */
export function reportError(client: Client, kind: WindowError['kind'], thrown: unknown): void {
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  client.call('system.report', { kind, text: text.slice(0, MAX_ERROR_CHARACTERS) }).catch(() => undefined);
}
