import type {
  Bridge,
  CallInput,
  CallName,
  CallOutput,
  EventName,
  EventPayload,
} from '../../shared/contract.ts';
import { unwrap } from '../../shared/errors.ts';

declare global {
  interface Window {
    /** Put there by main/preload.ts. */
    readonly twofold: Bridge;
  }
}

/** A call whose payload may be left out takes it as an optional argument. */
type Arguments<Name extends CallName> = undefined extends CallInput<Name> ? [] : [payload: CallInput<Name>];

/** How views and state speak to main: every call and event of the contract, with its types. */
export interface Client {
  /**
   * Calls main.
   *
   * @throws TwofoldError with a sentence for the person
   */
  call<Name extends CallName>(name: Name, ...payload: Arguments<Name>): Promise<CallOutput<Name>>;
  /** @returns a function that ends the subscription */
  on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void;
  /** Absolute path of a file that was dropped, pasted or chosen; empty where it has none. */
  pathOf(file: File): string;
}

/** The client of the real app. */
export function bridgeClient(bridge: Bridge): Client {
  return {
    async call(name, ...[payload]) {
      return unwrap(await bridge.invoke(name, payload as CallInput<typeof name>));
    },
    on: (name, listener) => bridge.on(name, listener),
    pathOf: (file) => bridge.pathOf(file),
  };
}
