/** A command of a `ContextMenu`. */
export interface MenuItem {
  label: string;
  /** The key that does the same. */
  keys?: string;
  disabled?: boolean;
  /** Begins a new group. */
  separated?: boolean;
  act: () => unknown;
}
