/** The state of long work, of which main does one at a time, for a window that opens later. */
export interface TaskState<Progress> {
  /** The latest; null at first. */
  progress: Progress | null;
  /** It was cancelled and has not ended yet. */
  cancelling: boolean;
}
