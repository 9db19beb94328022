/** Names up to this long keep their width where space is scarce, so that only longer ones beside them are cut. */
const SHORT = 14;

/** `flex-shrink` of a class name. */
export const shrinkOf = (name: string): 0 | 1 => (name.length > SHORT ? 1 : 0);
