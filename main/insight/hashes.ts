import { eachIndex, type Steps } from '../support/steps.ts';

/** Bytes of a SHA-256. */
export const HASH_BYTES = 32;
/** Hashes per step: about a millisecond. */
const SOME = 4096;
/** Enough for 256 groups of hashes. */
const PREFIX_DIGITS = 2;

/** Hashes that are stored one after the other, as 64 lower-case hexadecimal digits each. @yields after some thousand */
export function* hexNames(bytes: Uint8Array): Steps<string[]> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const names: string[] = [];
  yield* eachIndex(buffer.length / HASH_BYTES, SOME, (index) => {
    names.push(buffer.toString('hex', index * HASH_BYTES, (index + 1) * HASH_BYTES));
  });
  return names;
}

/** Sorts hexadecimal hashes, by groups of the same first digits. @yields after some groups */
export function* sortedHashes(hashes: readonly string[]): Steps<string[]> {
  const groups = Array.from({ length: 16 ** PREFIX_DIGITS }, (): string[] => []);
  yield* eachIndex(hashes.length, SOME, (index) => {
    const hash = hashes[index]!;
    groups[Number.parseInt(hash.slice(0, PREFIX_DIGITS), 16)]!.push(hash);
  });
  const sorted: string[] = [];
  for (const [index, group] of groups.entries()) {
    for (const hash of group.sort()) sorted.push(hash);
    if (index % 8 === 7) yield;
  }
  return sorted;
}
