import { areFinite, fromHalves, toHalves } from '../support/half-floats.ts';

/*
 * Features of one picture as they are cached: in half floats, which take half the disk and change probabilities by less
 * than 1e-4 (docs/decisions/training.md). Features that are too large for them are kept in float32.
 */

/** Rounds features in place to what the cache gives back, so that results do not depend on what is cached. */
export function roundRow(row: Float32Array): Float32Array {
  const halves = toHalves(row);
  return areFinite(halves) ? fromHalves(halves, row) : row;
}

export function writeRow(row: Float32Array): Uint8Array {
  const halves = toHalves(row);
  if (areFinite(halves)) return new Uint8Array(halves.buffer);
  return new Uint8Array(row.buffer, row.byteOffset, row.byteLength);
}

/**
 * @param bytes aligned to 4 bytes; half floats, or float32 as earlier versions wrote all features
 * @returns undefined if the length does not fit
 */
export function readRow(bytes: Uint8Array, features: number): Float32Array | undefined {
  const { buffer, byteOffset, byteLength } = bytes;
  if (byteLength === 2 * features) return fromHalves(new Uint16Array(buffer, byteOffset, features));
  if (byteLength === 4 * features) return roundRow(new Float32Array(buffer, byteOffset, features));
  return undefined;
}
