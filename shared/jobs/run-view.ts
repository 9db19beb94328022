/** The class order and threshold of a project. */
export interface ModelView {
  /** The classes have been swapped: the saved heads predict the probability of class 0. */
  swapped: boolean;
  /** Names of class 0 and 1 in the order shown. */
  classes: [string, string];
  /** A probability of class 1 above it is class 1. */
  threshold: number;
}

/** How a project shows one run. What is left out is as the run's own file says, as where its folder is used alone. */
export interface RunView {
  /** See `ModelView`. */
  swapped?: boolean;
  /** Its logits are divided by it. */
  temperature?: number;
}
