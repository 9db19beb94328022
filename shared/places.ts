/** The places of the window, in the order of the rail. */
export const PLACES = ['library', 'train', 'review', 'try', 'export'] as const;
export type Place = (typeof PLACES)[number];
export const PLACE_NAMES: Record<Place, string> = {
  library: 'Library',
  train: 'Train',
  review: 'Review',
  try: 'Try',
  export: 'Export',
};
