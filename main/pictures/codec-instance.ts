import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { resourceFolder } from '../files/paths.ts';
import { CODEC_SHA256 } from './codec-build.ts';
import { sha256 } from './hash.ts';

/** libjpeg-turbo with vector instructions in WebAssembly; see scripts/jpeg. Pointers are offsets into `memory`. */
export interface Codec {
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
  orient(
    source: number,
    start: number,
    across: number,
    down: number,
    out: number,
    width: number,
    height: number,
  ): void;
  reduce(
    source: number,
    from: number,
    across: number,
    down: number,
    out: number,
    width: number,
    height: number,
    sums: number,
  ): void;
  resampleRows(
    source: number,
    from: number,
    height: number,
    starts: number,
    counts: number,
    weights: number,
    taps: number,
    out: number,
    width: number,
  ): void;
  resampleColumns(
    source: number,
    width: number,
    starts: number,
    counts: number,
    weights: number,
    taps: number,
    out: number,
    height: number,
  ): void;
  /** 0 if there is not enough memory. */
  encode(pixels: number, width: number, height: number, quality: number): number;
  encodedLength(): number;
}

/** An error of libjpeg-turbo, or too little memory. */
export class CodecError extends Error {}

/** The vectorised functions read and write a few bytes after pixels. */
export const SPARE = 64;
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

/** null where set-up could not compile the codec, or where the file is of another version. */
let compiled: WasmModule | null | undefined;
/** An instance that no picture uses. */
let idle: Codec | undefined;

/** @throws CodecError if there is not enough memory */
export function allocate(codec: Codec, bytes: number): number {
  const pointer = bytes > MAX_BYTES ? 0 : codec.allocate(bytes);
  if (pointer === 0) throw new CodecError('out of memory');
  return pointer >>> 0;
}

/** An instance for one picture; undefined without the codec. */
export function take(): Codec | undefined {
  const codec = idle ?? start();
  idle = undefined;
  return codec;
}

/** Gives back an instance whose last call succeeded. */
export function keep(codec: Codec): void {
  if (codec.memory.buffer.byteLength <= MAX_KEPT_BYTES) idle = codec;
}

/** Whether an error came from the codec, after which its instance is not used again. */
export const isCodecError = (error: unknown): boolean =>
  error instanceof CodecError || error instanceof wasm.RuntimeError;

const path = (): string => join(resourceFolder(), 'jpeg', 'jpeg.wasm');

/** Whether set-up could compile the codec, from these sources. */
export const hasCodec = (): boolean => load() !== null;

function load(): WasmModule | null {
  if (compiled !== undefined) return compiled;
  try {
    const bytes = readFileSync(path());
    compiled = sha256(bytes) === CODEC_SHA256 ? new wasm.Module(bytes) : null;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    compiled = null;
  }
  return compiled;
}

function start(): Codec | undefined {
  const module = load();
  if (!module) return undefined;
  const fail = (message: number): never => {
    const bytes = Buffer.from(codec.memory.buffer, message);
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
  const codec = new wasm.Instance(module, imports).exports as Codec;
  codec._initialize();
  return codec;
}
