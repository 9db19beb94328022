/** Length of a side of the frame, for shares from 0 to 1. */
export const SIDE = 100;

/** Around the frame, so that a mark on it is seen whole. */
export const MARGIN = 4;
