/**
 * How far a probability lies from the threshold, as a share of what is possible on that side: -1 (surely class 0) through
 * 0 (at the threshold) to 1 (surely class 1). So both classes have one scale, whatever the threshold.
 */
export function beyond(probability: number, threshold: number): number {
  const room = probability <= threshold ? threshold : 1 - threshold;
  return room === 0 ? 0 : (probability - threshold) / room;
}
