import { TwofoldError } from '../../../shared/errors.ts';
import { boxes, findBox, type Box } from './bmff.ts';
import { truncated } from './errors.ts';
import type { OpenPicture } from './format.ts';
import { openJpeg } from './jpeg.ts';
import { jpegSize, withOrientation } from './jpeg-orientation.ts';
import { isSensorData, rawKind, withChildren } from './raw-kind.ts';
import { TiffFile, type TiffDirectory } from './tiff-directory.ts';

/** Minimum longer side of a usable preview, as a share of the raw picture's. */
const FULL_SIZE = 0.5;

/**
 * Reads the JPEG preview in a raw photograph if it has full size. Applies the orientation of the raw photograph,
 * otherwise that of the preview. Raw pixels are not developed.
 */
export const openRaw: OpenPicture = async (bytes, options) => {
  const kind = rawKind(bytes) ?? 'TIFF';
  const { previews, longerSide, orientation, isCut } = readRaw(bytes, kind);
  const [largest] = previews.sort((a, b) => b.longerSide - a.longerSide);
  if (longerSide === 0 || !largest || largest.longerSide < FULL_SIZE * longerSide) {
    if (isCut) throw truncated('raw');
    throw new TwofoldError(
      'unsupported',
      `It is a raw photograph${kind === 'TIFF' ? '' : ` (${kind})`} without a full-size preview; raw pixels are not read. ` +
        'Convert it to JPEG or TIFF.',
    );
  }
  const isOrientation = orientation !== undefined && orientation >= 1 && orientation <= 8;
  return openJpeg(isOrientation ? withOrientation(largest.jpeg, orientation) : largest.jpeg, options);
};

interface Preview {
  jpeg: Uint8Array;
  longerSide: number;
}

interface Raw {
  previews: Preview[];
  /** Of the raw pixels; 0 if unknown. */
  longerSide: number;
  orientation: number | undefined;
  /** Whether the file ends before data that it refers to. */
  isCut: boolean;
}

function readRaw(bytes: Uint8Array, kind: string): Raw {
  try {
    return kind === 'RAF' ? readRaf(bytes) : kind === 'CR3' ? readCr3(bytes) : readTiffBased(bytes);
  } catch (error) {
    if (error instanceof RangeError) throw truncated('raw');
    throw error;
  }
}

const TAG = {
  width: 256,
  height: 257,
  compression: 259,
  stripOffsets: 273,
  orientation: 274,
  stripBytes: 279,
  tileOffsets: 324,
  tileBytes: 325,
  jpegOffset: 513,
  jpegBytes: 514,
  panasonicWidth: 2,
  panasonicHeight: 3,
  panasonicJpeg: 46,
};
const JPEG_COMPRESSIONS = [6, 7];

function readTiffBased(bytes: Uint8Array): Raw {
  const pages = new TiffFile(bytes).pages();
  const directories = withChildren(pages);
  const first = pages[0];
  const previews = directories
    .flatMap((each) => [...jpegPieces(each).map((piece) => cut(bytes, piece)), each.bytes(TAG.panasonicJpeg)])
    .flatMap(asPreview);
  const sensor = directories.filter(isSensorData);
  const sides = (sensor.length > 0 ? sensor : directories).flatMap((each) =>
    [TAG.width, TAG.height, TAG.panasonicWidth, TAG.panasonicHeight].map((tag) => each.number(tag, 0)),
  );
  const longerSide = Math.max(0, ...sides);
  const isEnough = previews.some((each) => each.longerSide >= FULL_SIZE * longerSide);
  const pieces = directories.flatMap((each) => [...pixelPieces(each), ...jpegPieces(each)]);
  return {
    // Some makers store the preview in their own notes, each differently.
    previews: isEnough ? previews : [...previews, ...findJpegs(bytes)],
    longerSide,
    orientation: first?.has(TAG.orientation) ? first.number(TAG.orientation, 1) : undefined,
    isCut: !first || pieces.some(([at, length]) => at + length > bytes.length),
  };
}

/** Offset and length of a part of the file. */
type Piece = [at: number, length: number];

const cut = (bytes: Uint8Array, [at, length]: Piece) => bytes.subarray(at, at + length);

/** Where the pixels of a directory are stored. */
function pixelPieces(directory: TiffDirectory): Piece[] {
  const [offsets, lengths] = [
    [TAG.stripOffsets, TAG.stripBytes],
    [TAG.tileOffsets, TAG.tileBytes],
  ]
    .map((tags) => tags.map((tag) => directory.numbers(tag)))
    .find(([found]) => found!.length > 0) ?? [[], []];
  return offsets!.map((at, i) => [at, lengths![i] ?? 0]);
}

/** Parts that may be a JPEG: those with JPEG tags, and pixels stored as a single JPEG. */
function jpegPieces(directory: TiffDirectory): Piece[] {
  const [at, length] = [directory.number(TAG.jpegOffset, 0), directory.number(TAG.jpegBytes, 0)];
  const named: Piece[] = at > 0 && length > 0 ? [[at, length]] : [];
  const stored = JPEG_COMPRESSIONS.includes(directory.number(TAG.compression, 1)) && !isSensorData(directory);
  const pixels = stored ? pixelPieces(directory) : [];
  return pixels.length === 1 ? [...named, ...pixels] : named;
}

function asPreview(jpeg: Uint8Array): Preview[] {
  const size = jpegSize(jpeg);
  return size ? [{ jpeg, longerSide: Math.max(size.width, size.height) }] : [];
}

const JPEG_START = Buffer.of(0xff, 0xd8, 0xff);

/** Finds all JPEGs in a file by their first segments. */
function findJpegs(bytes: Uint8Array): Preview[] {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: Preview[] = [];
  for (let at = file.indexOf(JPEG_START); at >= 0; at = file.indexOf(JPEG_START, at + 1)) {
    found.push(...asPreview(bytes.subarray(at)));
  }
  return found;
}

/** Fujifilm: a header with fixed offsets, then a JPEG (with its own orientation) and a list of sizes. */
function readRaf(bytes: Uint8Array): Raw {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [jpegAt, jpegBytes, list] = [view.getUint32(84), view.getUint32(88), view.getUint32(92)];
  const sides: number[] = [];
  const [fullSize, croppedSize] = [0x100, 0x111];
  for (let at = list + 4, left = view.getUint32(list); left > 0; left--) {
    const [tag, length] = [view.getUint16(at), view.getUint16(at + 2)];
    if (tag === fullSize || tag === croppedSize) sides.push(view.getUint16(at + 4), view.getUint16(at + 6));
    at += 4 + length;
  }
  return {
    previews: asPreview(cut(bytes, [jpegAt, jpegBytes])),
    longerSide: Math.max(0, ...sides),
    orientation: undefined,
    isCut: jpegAt + jpegBytes > bytes.length,
  };
}

/** Offsets of width and height in a track's sample description box. */
const ENTRY = { width: 40, height: 42 };

/** Canon: tracks of one frame each, one with the JPEG, others with raw pixels; the tags are in a `uuid` box. */
function readCr3(bytes: Uint8Array): Raw {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const moov = findBox(bytes, ['moov']);
  if (!moov) throw new RangeError('no moov');
  const inside = [...boxes(bytes, moov.start, moov.end)];
  const previews: Preview[] = [];
  const sides: number[] = [];
  let isCut = false;
  for (const track of inside.filter(({ type }) => type === 'trak')) {
    const table = findBox(bytes, ['mdia', 'minf', 'stbl'], track);
    const [description, sizes, places] = ['stsd', 'stsz', 'co64'].map(
      (type) => table && findBox(bytes, [type], table),
    );
    if (!description || !sizes || !places) continue;
    const at = Number(view.getBigUint64(places.start + 8));
    const length = view.getUint32(sizes.start + 4) || view.getUint32(sizes.start + 12);
    sides.push(
      view.getUint16(description.start + ENTRY.width),
      view.getUint16(description.start + ENTRY.height),
    );
    previews.push(...asPreview(cut(bytes, [at, length])));
    isCut ||= at + length > bytes.length;
  }
  const orientation = inside.flatMap((box) => canonOrientation(bytes, box))[0];
  return { previews, longerSide: Math.max(0, ...sides), orientation, isCut };
}

const CANON_BOX = Buffer.from('85c0b687820f11e08111f4ce462b6a48', 'hex');

/** The orientation in Canon's box: its identifier is followed by boxes, of which `CMT1` contains a TIFF. */
function canonOrientation(bytes: Uint8Array, { type, start, end }: Box): number[] {
  const content = start + CANON_BOX.length;
  if (type !== 'uuid' || !CANON_BOX.equals(bytes.subarray(start, content))) return [];
  for (const box of boxes(bytes, content, end)) {
    if (box.type === 'CMT1') {
      return new TiffFile(bytes.subarray(box.start, box.end)).pages()[0]?.numbers(TAG.orientation) ?? [];
    }
  }
  return [];
}
