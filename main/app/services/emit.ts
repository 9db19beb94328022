import type { EventName, EventPayload } from '../../../shared/contract.ts';

/** Sends an event to the window, if there is one. */
export type Emit = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;
