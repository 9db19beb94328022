import {
  allocate,
  CodecError,
  hasCodec,
  isCodecError,
  keep,
  SPARE,
  take,
  type Codec,
} from './codec-instance.ts';
import type { Filter, Picture, Steps, Walk } from './formats/format.ts';
import { TAPS, packed } from './packed-filter.ts';

export { hasCodec } from './codec-instance.ts';

/**
 * Decodes a JPEG of grey or RGB with 8 bits, without orientation and profile. The pixels stay in the decoder's memory:
 * call `release` on the picture when it is no longer needed, so that the next one reuses that memory.
 *
 * @returns undefined if libjpeg-turbo reports an error or a warning, for other JPEGs, and without the codec
 */
export function decodeRgb(bytes: Uint8Array): (Picture & { release: () => void }) | undefined {
  const codec = take();
  if (!codec) return undefined;
  try {
    const file = allocate(codec, bytes.length);
    new Uint8Array(codec.memory.buffer).set(bytes, file);
    if (codec.open(file, bytes.length) !== 8 || ![1, 3].includes(codec.components())) return undefined;
    const [width, height] = [codec.width(), codec.height()];
    const pixels = allocate(codec, 3 * width * height + SPARE);
    if (codec.decode(pixels) > 0) return undefined;
    codec.close();
    codec.release(file);
    return new DecodedJpeg(codec, pixels, width, height);
  } catch (error) {
    // The instance's state is unknown now; it is not used again.
    if (isCodecError(error)) return undefined;
    throw error;
  }
}

/**
 * Encodes pixels as JPEG with chroma at half resolution.
 *
 * @param quality 1..100
 * @returns undefined without the codec
 * @throws CodecError if there is not enough memory
 */
export function encodeRgb({ data, width, height }: Picture, quality: number): Uint8Array | undefined {
  const codec = take();
  if (!codec) return undefined;
  const pixels = allocate(codec, data.length);
  new Uint8Array(codec.memory.buffer).set(data, pixels);
  const bytes = encode(codec, pixels, width, height, quality);
  codec.release(pixels);
  keep(codec);
  return bytes;
}

/** What decodes most JPEGs, for logs. */
export const jpegDecoder = (): string => (hasCodec() ? 'libjpeg-turbo' : 'libvips (slower)');

class DecodedJpeg implements Picture {
  readonly #codec: Codec;
  readonly #pixels: number;
  /** Whether the last call succeeded. */
  #isSound = true;

  constructor(
    codec: Codec,
    pixels: number,
    readonly width: number,
    readonly height: number,
  ) {
    this.#codec = codec;
    this.#pixels = pixels;
  }

  /** A view of the decoder's memory, which is replaced when that grows. */
  get data(): Uint8Array {
    return new Uint8Array(this.#codec.memory.buffer, this.#pixels, 3 * this.width * this.height);
  }

  oriented({ width, height, start, across, down }: Walk): DecodedJpeg {
    this.#isSound = false;
    const out = allocate(this.#codec, 3 * width * height + SPARE);
    this.#codec.orient(this.#pixels, start, across, down, out, width, height);
    this.#codec.release(this.#pixels);
    return new DecodedJpeg(this.#codec, out, width, height);
  }

  resized(steps: Steps): Uint8Array {
    return this.#resize(steps, (pixels, width, height) =>
      new Uint8Array(this.#codec.memory.buffer).slice(pixels, pixels + 3 * width * height),
    );
  }

  resizedJpeg(steps: Steps, quality: number): Uint8Array {
    return this.#resize(steps, (pixels, width, height) =>
      encode(this.#codec, pixels, width, height, quality),
    );
  }

  /** The picture must not be used afterwards, nor is its memory after a call that failed in the middle. */
  release(): void {
    if (!this.#isSound) return;
    this.#codec.release(this.#pixels);
    keep(this.#codec);
  }

  /** Passes the resized pixels on, which are released afterwards. */
  #resize(
    { across, down, rows, columns }: Steps,
    use: (pixels: number, width: number, height: number) => Uint8Array,
  ): Uint8Array {
    this.#isSound = false;
    const codec = this.#codec;
    const allocated: number[] = [];
    const room = (bytes: number): number => {
      const pointer = allocate(codec, bytes + SPARE);
      allocated.push(pointer);
      return pointer;
    };
    let { width, height } = this;
    let pixels = this.#pixels;
    if (across > 1 || down > 1) {
      const from = width;
      [width, height] = [Math.floor(width / across), Math.floor(height / down)];
      const out = room(3 * width * height);
      codec.reduce(pixels, from, across, down, out, width, height, room(2 * (3 * from + SPARE)));
      pixels = out;
    }
    if (rows) {
      const to = rows.starts.length;
      const out = room(3 * to * height);
      codec.resampleRows(pixels, width, height, ...this.#tables(rows, room), out, to);
      [pixels, width] = [out, to];
    }
    if (columns) {
      const to = columns.starts.length;
      const out = room(3 * width * to);
      codec.resampleColumns(pixels, width, ...this.#tables(columns, room), out, to);
      [pixels, height] = [out, to];
    }
    const result = use(pixels, width, height);
    for (const pointer of allocated) codec.release(pointer);
    this.#isSound = true;
    return result;
  }

  /** Pointers to starts, counts and weights, and the number of weights of an output. */
  #tables(filter: Filter, room: (bytes: number) => number): [number, number, number, number] {
    const { starts, counts } = filter;
    const weights = packed(filter);
    const at = room(4 * (2 * starts.length + weights.length));
    const words = new Int32Array(this.#codec.memory.buffer, at);
    words.set(starts);
    words.set(counts, starts.length);
    words.set(weights, 2 * starts.length);
    return [at, at + 4 * starts.length, at + 8 * starts.length, Math.ceil(filter.widest / TAPS) * TAPS];
  }
}

function encode(codec: Codec, pixels: number, width: number, height: number, quality: number): Uint8Array {
  const file = codec.encode(pixels, width, height, quality) >>> 0;
  if (file === 0) throw new CodecError('out of memory');
  const bytes = new Uint8Array(codec.memory.buffer).slice(file, file + codec.encodedLength());
  codec.release(file);
  return bytes;
}
