/** Long work under way, of which main does one at a time: what a window that comes late needs. */
export interface TaskState<Progress> {
  /** The last that was said of it; null before anything was. */
  progress: Progress | null;
  /** It was cancelled, and has not ended yet. */
  cancelling: boolean;
}
