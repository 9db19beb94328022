/** Channel of all calls: `invoke(CALL_CHANNEL, name, payload)` returns a `Result`. */
export const CALL_CHANNEL = 'twofold:call';
/** Channel of all events: `(name, payload)`. */
export const EVENT_CHANNEL = 'twofold:event';
