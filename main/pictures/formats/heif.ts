import { TwofoldError } from '../../../shared/errors.ts';
import { isSrgb } from '../icc.ts';
import { HeifError, HeifFile, isTrap } from '../libheif.ts';
import { openAvif } from './avif.ts';
import { damaged, truncated } from './errors.ts';
import type { OpenPicture, Picture } from './format.ts';
import { hasHole } from './hevc.ts';
import { convertToSrgb, displayP3Profile, type DevicePixels } from './profile.ts';

/**
 * Reads HEIF files (HEIC, coded as HEVC, from phones): the primary image, which may consist of tiles, or the first
 * picture of a sequence; cropped, rotated and mirrored as the file states. EXIF orientation is ignored, as the standard
 * requires.
 */
export const openHeif: OpenPicture = async (bytes, options) => {
  const { codec, colour, width, height } = use(bytes, readHeader);
  if (codec === 'av01') return openAvif(bytes, options);
  if (colour.kind === 'hdr') {
    throw new TwofoldError(
      'unsupported',
      `It is an HDR picture (HEIC with ${colour.curve}), whose brightness Twofold can't convert for ordinary displays. ${CONVERT}`,
    );
  }
  return {
    width,
    height,
    decode: async () => {
      const pixels = use(bytes, (file) => decode(file, width, height));
      const profile = colour.kind === 'p3' ? await displayP3Profile() : colour.profile;
      return profile && !isSrgb(profile) ? convertToSrgb(pixels, profile, 'heif') : onWhite(pixels);
    },
  };
};

const CONVERT = 'Convert it to JPEG or PNG.';

/** Values of libheif's enums. */
const ENUM = {
  colourSpaceRgb: 1,
  chromaRgb: 10,
  chromaRgba: 11,
  channelInterleaved: 10,
  primariesP3: 12,
  transferPq: 16,
  transferHlg: 18,
};
/** Offsets in `heif_decoding_options`. The first converts 10 and 12 bits to the upper 8. */
const CONVERT_HDR_TO_8BIT = 20;
const STRICT_DECODING = 21;
const WITHOUT_COLOUR_PROFILE = 10;

type Colour =
  | { kind: 'profile'; profile: Uint8Array | undefined }
  | { kind: 'p3' }
  | { kind: 'hdr'; curve: 'PQ' | 'HLG' };

interface Header {
  width: number;
  height: number;
  /** Codec of the primary image, such as `hvc1`, or `grid` if it consists of tiles. */
  codec: string;
  colour: Colour;
}

function readHeader(file: HeifFile): Header {
  const { lib } = file;
  const id = primaryId(file);
  if (id === undefined) {
    return withTrack(file, (track) => {
      const size = file.call((error, out) =>
        lib._heif_track_get_image_resolution(error, track, out, out + 2),
      );
      const colour: Colour = { kind: 'profile', profile: undefined };
      return { width: size & 0xffff, height: size >>> 16, codec: 'hvc1', colour };
    });
  }
  const codec = fourcc(lib._heif_item_get_item_type(file.context, id));
  return withHandle(file, id, (handle) => ({
    width: lib._heif_image_handle_get_width(handle),
    height: lib._heif_image_handle_get_height(handle),
    codec,
    colour: readColour(file, handle),
  }));
}

/** Reads the colour space; an ICC profile takes precedence, as in every other format. */
function readColour(file: HeifFile, handle: number): Colour {
  const { lib } = file;
  const bytes = lib._heif_image_handle_get_raw_color_profile_size(handle);
  if (bytes > 0) {
    const at = lib._malloc(bytes);
    try {
      file.call((error) => lib._heif_image_handle_get_raw_color_profile(error, handle, at));
      return { kind: 'profile', profile: file.view(at, bytes).slice() };
    } finally {
      lib._free(at);
    }
  }
  let nclx: number;
  try {
    nclx = file.call((error, out) => lib._heif_image_handle_get_nclx_color_profile(error, handle, out));
  } catch (error) {
    if (error instanceof HeifError && error.code === WITHOUT_COLOUR_PROFILE) return { kind: 'profile', profile: undefined }; // prettier-ignore
    throw error;
  }
  const primaries = file.uint32(nclx + 4);
  const transfer = file.uint32(nclx + 8);
  lib._heif_nclx_color_profile_free(nclx);
  if (transfer === ENUM.transferPq) return { kind: 'hdr', curve: 'PQ' };
  if (transfer === ENUM.transferHlg) return { kind: 'hdr', curve: 'HLG' };
  return primaries === ENUM.primariesP3 ? { kind: 'p3' } : { kind: 'profile', profile: undefined };
}

/** @throws TwofoldError if the size of the pixels differs from that in the header */
function decode(file: HeifFile, width: number, height: number): DevicePixels {
  const { lib } = file;
  const options = lib._heif_decoding_options_alloc();
  lib.HEAPU8[options + CONVERT_HDR_TO_8BIT] = 1;
  lib.HEAPU8[options + STRICT_DECODING] = 1;
  try {
    const id = primaryId(file);
    if (id === undefined) {
      return withTrack(file, (track) => {
        const image = file.call((error, out) => lib._heif_track_decode_next_image(error, track, out, ENUM.colourSpaceRgb, ENUM.chromaRgb, options)); // prettier-ignore
        return takePixels(file, image, width, height, 3, true);
      });
    }
    checkForHoles(file);
    return withHandle(file, id, (handle) => {
      const alpha = lib._heif_image_handle_has_alpha_channel(handle) !== 0;
      const chroma = alpha ? ENUM.chromaRgba : ENUM.chromaRgb;
      const image = file.call((error, out) => lib._heif_decode_image(error, handle, out, ENUM.colourSpaceRgb, chroma, options)); // prettier-ignore
      const pixels = takePixels(file, image, width, height, alpha ? 4 : 3);
      const premultiplied = lib._heif_image_handle_is_premultiplied_alpha(handle) !== 0;
      return premultiplied ? { ...onWhite(pixels, true), channels: 3 } : pixels;
    });
  } finally {
    lib._heif_decoding_options_free(options);
  }
}

/**
 * Copies the rows of a decoded image and frees it.
 *
 * @param padded whether the image may be larger: frames of a sequence have padding on the right and at the bottom
 */
function takePixels(
  file: HeifFile,
  image: number,
  width: number,
  height: number,
  channels: 3 | 4,
  padded = false,
): DevicePixels {
  const { lib } = file;
  try {
    const foundWidth = lib._heif_image_get_width(image, ENUM.channelInterleaved);
    const foundHeight = lib._heif_image_get_height(image, ENUM.channelInterleaved);
    const fits = padded
      ? foundWidth >= width && foundHeight >= height
      : foundWidth === width && foundHeight === height;
    if (!fits) {
      throw damaged('heif', `it has ${foundWidth} × ${foundHeight} pixels, not ${width} × ${height}`);
    }
    const plane = lib._heif_image_get_plane_readonly(image, ENUM.channelInterleaved, file.results);
    const stride = file.uint32(file.results);
    const rowBytes = width * channels;
    const data = new Uint8Array(rowBytes * height);
    for (let y = 0; y < height; y++) data.set(file.view(plane + y * stride, rowBytes), y * rowBytes);
    return { width, height, channels, data };
  } finally {
    lib._heif_image_release(image);
  }
}

/** @throws TwofoldError if a coded picture of the file, other than a thumbnail, has a hole; see `hasHole` */
function checkForHoles(file: HeifFile): void {
  const { lib, context } = file;
  for (const id of itemIds(file)) {
    if (fourcc(lib._heif_item_get_item_type(context, id)) !== 'hvc1' || isThumbnail(file, id)) continue;
    const [data, bytes, compression] = [file.results, file.results + 4, file.results + 8];
    file.call((error) => lib._heif_item_get_item_data(error, context, id, compression, data, bytes));
    const hole = hasHole(file.view(file.uint32(data), file.uint32(bytes)));
    lib._heif_release_item_data(context, data);
    if (hole) throw damaged('heif', 'a part of its pixels is missing');
  }
}

function isThumbnail(file: HeifFile, id: number): boolean {
  const { lib, context } = file;
  const type = file.results;
  const references = type + 4;
  if (lib._heif_context_get_item_references(context, id, 0, type, references) === 0) return false;
  const isOne = fourcc(file.uint32(type)) === 'thmb';
  lib._heif_release_item_references(context, references);
  return isOne;
}

/** Id of the primary image; undefined in a file that contains only a sequence. */
function primaryId(file: HeifFile): number | undefined {
  const { lib, context } = file;
  try {
    return file.call((error, out) => lib._heif_context_get_primary_image_ID(error, context, out));
  } catch (error) {
    if (error instanceof HeifError && lib._heif_context_has_sequence(context) !== 0) return undefined;
    throw error;
  }
}

function itemIds(file: HeifFile): number[] {
  const { lib, context } = file;
  const count = lib._heif_context_get_number_of_items(context);
  const at = lib._malloc(4 * count);
  lib._heif_context_get_list_of_item_IDs(context, at, count);
  const ids = Array.from({ length: count }, (_, i) => file.uint32(at + 4 * i));
  lib._free(at);
  return ids;
}

function withHandle<T>(file: HeifFile, id: number, work: (handle: number) => T): T {
  const { lib, context } = file;
  const handle = file.call((error, out) => lib._heif_context_get_image_handle(error, context, id, out));
  try {
    return work(handle);
  } finally {
    lib._heif_image_handle_release(handle);
  }
}

function withTrack<T>(file: HeifFile, work: (track: number) => T): T {
  const track = file.lib._heif_context_get_track(file.context, 0);
  if (track === 0) throw damaged('heif', 'it holds no picture');
  try {
    return work(track);
  } finally {
    file.lib._heif_track_release(track);
  }
}

/** Composites on white. @param premultiplied whether colours are premultiplied by alpha */
function onWhite({ width, height, channels, data }: DevicePixels, premultiplied = false): Picture {
  if (channels === 3) return { width, height, data };
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < rgb.length; from += 4) {
    const alpha = data[from + 3]!;
    for (let c = 0; c < 3; c++) {
      const colour = data[from + c]!;
      rgb[to++] = premultiplied
        ? Math.min(255, colour + 255 - alpha)
        : Math.round(255 + ((colour - 255) * alpha) / 255);
    }
  }
  return { width, height, data: rgb };
}

function fourcc(type: number): string {
  return String.fromCharCode(type >>> 24, (type >>> 16) & 255, (type >>> 8) & 255, type & 255);
}

/** Opens a file for `work`, and converts libheif's errors to TwofoldErrors. */
function use<T>(bytes: Uint8Array, work: (file: HeifFile) => T): T {
  try {
    return HeifFile.use(bytes, work);
  } catch (error) {
    throw explain(error);
  }
}

const ERROR = { unsupportedFile: 3, unsupportedFeature: 4, memory: 6, noDecoder: 11 };
const SUBERROR = { none: 0, endOfData: 100, unsupportedCodec: 3000 };

function explain(error: unknown): unknown {
  if (isTrap(error)) return damaged('heif', 'decoding it failed');
  if (!(error instanceof HeifError)) return error;
  const { code, subcode, message } = error;
  if (subcode === SUBERROR.endOfData) return truncated('heif');
  const refused = (errorCode: 'unsupported' | 'too-large', sentence: string) =>
    new TwofoldError(errorCode, sentence, { cause: error });
  if (code === ERROR.noDecoder || subcode === SUBERROR.unsupportedCodec) {
    return refused(
      'unsupported',
      `It is a HEIF picture coded neither as HEVC nor as AV1, which Twofold does not read. ${CONVERT}`,
    );
  }
  if (code === ERROR.unsupportedFile || code === ERROR.unsupportedFeature) {
    return refused('unsupported', `It is a HEIF picture that Twofold can't read (${message}). ${CONVERT}`);
  }
  if (code === ERROR.memory && subcode === SUBERROR.none) {
    return refused(
      'too-large',
      'The picture (HEIC) is too large for this computer: there was not enough memory. The file may be intact. Scale it down.',
    );
  }
  return damaged('heif', message.split('\n')[0]!.replace(/\.+$/, ''));
}
