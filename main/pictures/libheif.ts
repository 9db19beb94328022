import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { emptyFunction } from './empty-function.ts';

/**
 * libheif's C interface (with libde265, the HEVC decoder) in WebAssembly. Pointers are offsets into `HEAPU8`, which is
 * replaced when the memory grows. A function that returns a `heif_error` writes it to the address in its first
 * argument.
 */
export interface LibHeif {
  readonly HEAPU8: Uint8Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _heif_context_alloc(): number;
  _heif_context_free(context: number): void;
  _heif_context_read_from_memory_without_copy(error: number, context: number, data: number, bytes: number, options: 0): void; // prettier-ignore
  _heif_context_get_primary_image_ID(error: number, context: number, id: number): void;
  _heif_context_get_image_handle(error: number, context: number, id: number, handle: number): void;
  _heif_context_get_number_of_items(context: number): number;
  _heif_context_get_list_of_item_IDs(context: number, ids: number, count: number): number;
  _heif_item_get_item_type(context: number, id: number): number;
  _heif_context_get_item_references(
    context: number,
    id: number,
    index: number,
    type: number,
    references: number,
  ): number;
  _heif_item_get_item_data(error: number, context: number, id: number, compression: number, data: number, bytes: number): void; // prettier-ignore
  _heif_release_item_data(context: number, data: number): void;
  _heif_release_item_references(context: number, references: number): void;
  _heif_context_has_sequence(context: number): number;
  _heif_context_get_track(context: number, id: 0): number;
  _heif_track_get_image_resolution(error: number, track: number, width: number, height: number): void;
  _heif_track_decode_next_image(error: number, track: number, image: number, colourSpace: number, chroma: number, options: number): void; // prettier-ignore
  _heif_track_release(track: number): void;
  _heif_image_handle_get_width(handle: number): number;
  _heif_image_handle_get_height(handle: number): number;
  _heif_image_handle_has_alpha_channel(handle: number): number;
  _heif_image_handle_is_premultiplied_alpha(handle: number): number;
  _heif_image_handle_get_raw_color_profile_size(handle: number): number;
  _heif_image_handle_get_raw_color_profile(error: number, handle: number, profile: number): void;
  _heif_image_handle_get_nclx_color_profile(error: number, handle: number, profile: number): void;
  _heif_nclx_color_profile_free(profile: number): void;
  _heif_image_handle_release(handle: number): void;
  _heif_decoding_options_alloc(): number;
  _heif_decoding_options_free(options: number): void;
  _heif_decode_image(error: number, handle: number, image: number, colourSpace: number, chroma: number, options: number): void; // prettier-ignore
  _heif_image_get_width(image: number, channel: number): number;
  _heif_image_get_height(image: number, channel: number): number;
  _heif_image_get_plane_readonly(image: number, channel: number, stride: number): number;
  _heif_image_release(image: number): void;
}

/** A failed call of libheif, with its `heif_error_code` and `heif_suberror_code`. */
export class HeifError extends Error {
  constructor(
    readonly code: number,
    readonly subcode: number,
    message: string,
  ) {
    super(message);
  }
}

/** Size of a `heif_error`, and of the scratch memory: an error, then results. */
const ERROR_BYTES = 12;
const SCRATCH_BYTES = ERROR_BYTES + 16;

/** A file in libheif's memory. */
export class HeifFile {
  readonly context: number;
  readonly #data: number;
  readonly #scratch: number;
  /** Address of 16 bytes for results of calls. */
  readonly results: number;

  private constructor(
    readonly lib: LibHeif,
    bytes: Uint8Array,
  ) {
    this.#scratch = allocate(lib, SCRATCH_BYTES);
    this.results = this.#scratch + ERROR_BYTES;
    this.#data = allocate(lib, bytes.length);
    lib.HEAPU8.set(bytes, this.#data);
    this.context = lib._heif_context_alloc();
  }

  /**
   * Parses a file, passes it to `work`, and frees it. Loads libheif at the first call in a thread.
   *
   * @throws HeifError; the errors of `work`
   */
  static use<T>(bytes: Uint8Array, work: (file: HeifFile) => T): T {
    instance ??= load();
    const lib = instance;
    try {
      const file = new HeifFile(lib, bytes);
      try {
        file.call((error) => lib._heif_context_read_from_memory_without_copy(error, file.context, file.#data, bytes.length, 0)); // prettier-ignore
        return work(file);
      } finally {
        lib._heif_context_free(file.context);
        lib._free(file.#data);
        lib._free(file.#scratch);
      }
    } catch (error) {
      // After a trap in WebAssembly the state of the instance is undefined.
      if (isTrap(error)) instance = undefined;
      throw error;
    } finally {
      if (lib.HEAPU8.length > MAX_KEPT_BYTES) instance = undefined;
    }
  }

  /**
   * Makes a call that may fail.
   *
   * @param make receives the addresses for the error and for results
   * @returns the first result
   * @throws HeifError
   */
  call(make: (error: number, results: number) => void): number {
    this.lib.HEAPU8.fill(0, this.#scratch, this.#scratch + SCRATCH_BYTES);
    make(this.#scratch, this.results);
    const code = this.uint32(this.#scratch);
    if (code !== 0) {
      throw new HeifError(code, this.uint32(this.#scratch + 4), this.#text(this.uint32(this.#scratch + 8)));
    }
    return this.uint32(this.results);
  }

  uint32(pointer: number): number {
    const { buffer } = this.lib.HEAPU8;
    return new DataView(buffer).getUint32(pointer, true);
  }

  /** A view of libheif's memory, valid until the next call. */
  view(pointer: number, bytes: number): Uint8Array {
    return this.lib.HEAPU8.subarray(pointer, pointer + bytes);
  }

  #text(pointer: number): string {
    const { HEAPU8 } = this.lib;
    return Buffer.from(HEAPU8.subarray(pointer, HEAPU8.indexOf(0, pointer)))
      .toString('utf8')
      .trim();
  }
}

/** Whether an error is a WebAssembly trap. */
export function isTrap(error: unknown): error is Error {
  return error instanceof Error && error.name === 'RuntimeError';
}

/** An instance is discarded once its memory exceeds this, since WebAssembly memory never shrinks. */
const MAX_KEPT_BYTES = 256 * 2 ** 20;

let wasmBinary: Uint8Array | undefined;
let instance: LibHeif | undefined;

function load(): LibHeif {
  const require = createRequire(import.meta.url);
  const script = require.resolve('libheif-js/libheif-wasm/libheif.js');
  wasmBinary ??= readLibrary(script);
  const create = require(script) as (options: object) => LibHeif;
  const silent = (): void => undefined;
  return create({ wasmBinary, print: silent, printErr: silent });
}

/**
 * Reads the library from the file beside the script rather than the copy embedded in another script, so that users can
 * replace it with another build (LGPL).
 *
 * The JavaScript build of libheif disables HEVC's in-loop filters (deblocking and sample adaptive offset) for speed,
 * which changes half of all values. So the function that disables them is emptied. See
 * docs/decisions/heic-by-libheif.md.
 */
function readLibrary(script: string): Uint8Array {
  const library = readFileSync(join(dirname(script), 'libheif.wasm'));
  const name = /\b_de265_set_parameter_bool=\w+\.(\w+)/.exec(readFileSync(script, 'utf8'))?.[1];
  return name === undefined ? library : emptyFunction(library, name);
}

/** @throws HeifError for lack of memory, like libheif's own, if its limit of 2 GB is reached */
function allocate(lib: LibHeif, bytes: number): number {
  const pointer = lib._malloc(bytes);
  if (pointer === 0) throw new HeifError(6, 0, 'Memory allocation error');
  return pointer;
}
