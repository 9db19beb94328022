/** Temperatures that are shown as 1.00. */
const NEAR_ONE = 0.005;

/** What a fitted temperature means. */
export function temperatureWords(temperature: number): string {
  if (Math.abs(temperature - 1) < NEAR_ONE) return 'Near 1: the run is about as certain as it is right.';
  return temperature > 1
    ? 'Above 1: the run is more certain than it is right.'
    : 'Below 1: the run is less certain than it could be.';
}
