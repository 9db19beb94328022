import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CALL_CHANNEL, EVENT_CHANNEL } from '../shared/contract/channels.ts';

/**
 * The only bridge between the window and main. Passes on calls and events whose names are in the contract and refuses
 * all others. The build inserts the names from the contract, so that the window need not load the schemas.
 */
declare const CONTRACT_CALL_NAMES: readonly string[];
declare const CONTRACT_EVENT_NAMES: readonly string[];

const calls = new Set(CONTRACT_CALL_NAMES);
const events = new Set(CONTRACT_EVENT_NAMES);

type Listener = (payload: unknown) => void;
const listeners = new Map<string, Set<Listener>>();

ipcRenderer.on(EVENT_CHANNEL, (_event, name: unknown, payload: unknown) => {
  if (typeof name === 'string') listeners.get(name)?.forEach((listener) => listener(payload));
});

contextBridge.exposeInMainWorld('twofold', {
  invoke(name: unknown, payload: unknown): Promise<unknown> {
    if (typeof name !== 'string' || !calls.has(name)) {
      return Promise.reject(new Error(`There is no call ${String(name)}.`));
    }
    return ipcRenderer.invoke(CALL_CHANNEL, name, payload);
  },
  on(name: unknown, listener: unknown): () => void {
    if (typeof name !== 'string' || !events.has(name) || typeof listener !== 'function') {
      throw new Error(`There is no event ${String(name)}.`);
    }
    const known = listeners.get(name) ?? new Set();
    listeners.set(name, known.add(listener as Listener));
    return () => void known.delete(listener as Listener);
  },
  pathOf(file: unknown): string {
    return webUtils.getPathForFile(file as File);
  },
});
