import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourceFolder } from '../files/paths.ts';
import type { Filter, Picture } from './formats/format.ts';

/** libjpeg-turbo with vector instructions in WebAssembly; see scripts/jpeg. Pointers are offsets into `memory`. */
interface Exports {
  memory: { readonly buffer: ArrayBuffer };
  _initialize(): void;
  /** 0 if there is not enough memory. */
  allocate(bytes: number): number;
  release(pointer: number): void;
  open(data: number, length: number): number;
  width(): number;
  height(): number;
  components(): number;
  decode(out: number): number;
  close(): void;
  resampleRows(
    source: number,
    from: number,
    height: number,
    starts: number,
    counts: number,
    weights: number,
    widest: number,
    out: number,
    width: number,
  ): void;
  resampleColumns(
    source: number,
    width: number,
    starts: number,
    counts: number,
    weights: number,
    widest: number,
    out: number,
    height: number,
    sums: number,
  ): void;
  encode(pixels: number, width: number, height: number, quality: number): number;
  encodedLength(): number;
}

/** The vectorised resampling reads a few bytes after the pixels. */
const SPARE = 16;
/** Longer lengths would not fit into the 32 bits of a pointer. */
const MAX_BYTES = 2 ** 31;
/** An instance with more memory is not used again, since its memory never shrinks. */
const MAX_KEPT_BYTES = 256 * 2 ** 20;

/** What is used of WebAssembly, which TypeScript declares only together with the DOM. */
interface WebAssemblyApi {
  Module: {
    new (bytes: Uint8Array): WasmModule;
    imports(module: WasmModule): { module: string; name: string }[];
  };
  Instance: new (module: WasmModule, imports: object) => { exports: unknown };
  RuntimeError: new () => Error;
}
interface WasmModule {
  readonly brand: 'WebAssembly.Module';
}
const wasm = (globalThis as unknown as { WebAssembly: WebAssemblyApi }).WebAssembly;

/** null where set-up could not compile the codec. */
let compiled: WasmModule | null | undefined;
/** An instance that no picture uses. */
let idle: Exports | undefined;

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
    if (error instanceof CodecError || error instanceof wasm.RuntimeError) return undefined;
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
  const file = codec.encode(pixels, width, height, quality);
  const bytes = new Uint8Array(codec.memory.buffer).slice(file, file + codec.encodedLength());
  codec.release(file);
  codec.release(pixels);
  keep(codec);
  return bytes;
}

/** An error of libjpeg-turbo. */
class CodecError extends Error {}

class DecodedJpeg implements Picture {
  readonly #codec: Exports;
  readonly #pixels: number;

  constructor(
    codec: Exports,
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

  resample(rows: Filter | null, columns: Filter | null): Uint8Array {
    const codec = this.#codec;
    const allocated: number[] = [];
    const room = (bytes: number): number => {
      const pointer = allocate(codec, bytes + SPARE);
      allocated.push(pointer);
      return pointer;
    };
    /** Pointers to starts, counts and coefficients, and the length of a row of coefficients. */
    const tables = ({ starts, counts, coefficients, widest }: Filter) => {
      const at = room(4 * (2 * starts.length + coefficients.length));
      const words = new Int32Array(codec.memory.buffer, at);
      words.set(starts);
      words.set(counts, starts.length);
      words.set(coefficients, 2 * starts.length);
      return [at, at + 4 * starts.length, at + 8 * starts.length, widest] as const;
    };
    const width = rows?.starts.length ?? this.width;
    const height = columns?.starts.length ?? this.height;
    let result = this.#pixels;
    if (rows) {
      const out = room(3 * width * this.height);
      codec.resampleRows(result, this.width, this.height, ...tables(rows), out, width);
      result = out;
    }
    if (columns) {
      const out = room(3 * width * height);
      codec.resampleColumns(result, width, ...tables(columns), out, height, room(12 * width));
      result = out;
    }
    const data = new Uint8Array(codec.memory.buffer).slice(result, result + 3 * width * height);
    for (const pointer of allocated) codec.release(pointer);
    return data;
  }

  /** The picture must not be used afterwards. */
  release(): void {
    this.#codec.release(this.#pixels);
    keep(this.#codec);
  }
}

function allocate(codec: Exports, bytes: number): number {
  const pointer = bytes > MAX_BYTES ? 0 : codec.allocate(bytes);
  if (pointer === 0) throw new CodecError('out of memory');
  return pointer >>> 0;
}

function keep(codec: Exports): void {
  if (codec.memory.buffer.byteLength <= MAX_KEPT_BYTES) idle = codec;
}

function take(): Exports | undefined {
  const codec = idle ?? start();
  idle = undefined;
  return codec;
}

const path = (): string => join(resourceFolder(), 'jpeg', 'jpeg.wasm');

/** Whether set-up could compile the codec. */
export const hasCodec = (): boolean => existsSync(path());

/** What decodes most JPEGs, for logs. */
export const jpegDecoder = (): string => (hasCodec() ? 'libjpeg-turbo' : 'libvips (slower)');

function load(): WasmModule | null {
  if (compiled !== undefined) return compiled;
  try {
    compiled = new wasm.Module(readFileSync(path()));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    compiled = null;
  }
  return compiled;
}

function start(): Exports | undefined {
  const module = load();
  if (!module) return undefined;
  const fail = (message: number): never => {
    const bytes = Buffer.from(exports.memory.buffer, message);
    throw new CodecError(bytes.toString('latin1', 0, bytes.indexOf(0)));
  };
  const refuse = (): never => {
    throw new CodecError('The decoder asked for a file.');
  };
  const nothing = (): number => 0;
  // The C library asks for the environment and a random number when it starts.
  const isStart = (name: string): boolean => name.startsWith('environ_') || name === 'random_get';
  const system = wasm.Module.imports(module)
    .filter((wanted) => wanted.module !== 'env')
    .map(({ name }) => [name, isStart(name) ? nothing : refuse] as const);
  const imports = { env: { fail }, wasi_snapshot_preview1: Object.fromEntries(system) };
  const exports = new wasm.Instance(module, imports).exports as Exports;
  exports._initialize();
  return exports;
}
