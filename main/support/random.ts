import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';

/**
 * A generator that depends only on the given numbers, each of which changes all of its draws. Create one from the run's
 * seed and the purpose of the numbers, so that the order of work and threads does not matter.
 *
 * @param parts 32-bit integers
 */
export function seededGenerator(...parts: readonly number[]): JumpableRandomGenerator {
  return xoroshiro128plusFromState(
    [1, 2, 3, 4].map((word) => parts.reduce((hash, part) => mix(hash ^ part), mix(word))),
  );
}

/** The finishing step of MurmurHash3: every bit of the input changes about half of the output. */
function mix(value: number): number {
  let hash = (value + 0x9e3779b9) | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
