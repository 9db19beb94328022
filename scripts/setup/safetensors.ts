/** One tensor to write: its dtype as safetensors names it, and its raw little-endian bytes. */
export interface RawTensor {
  name: string;
  dtype: 'U8' | 'F32';
  shape: readonly number[];
  data: Uint8Array;
}

/**
 * Lays tensors out as a safetensors file: header length (8 bytes, little-endian), JSON header padded with spaces to a
 * multiple of 8, then the data in the given order without gaps (https://github.com/huggingface/safetensors, "Format").
 *
 * @param metadata free strings, stored under `__metadata__`
 */
export function encodeSafetensors(tensors: readonly RawTensor[], metadata: Record<string, string>): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, dtype, shape, data } of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const padding = Buffer.alloc((8 - (text.byteLength % 8)) % 8, ' ');
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.byteLength + padding.byteLength));
  return Buffer.concat([length, text, padding, ...tensors.map((tensor) => tensor.data)]);
}
