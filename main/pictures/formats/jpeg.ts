import { sharp } from '../sharp.ts';
import { damaged, isOutOfMemory, truncated } from './errors.ts';
import type { OpenPicture, Picture } from './format.ts';
import { readPlainHeader, type PlainHeader } from './jpeg-header.ts';
import { decodeRgb } from '../jpeg-codec.ts';
import { orient } from './orientation.ts';
import { endOfCodes, type SequentialScan } from './jpeg-scan.ts';
import { readJpegStructure, type JpegScan, type JpegStructure } from './jpeg-structure.ts';
import { decodeWithVips, readMetadata, type OrientedMetadata } from './vips.ts';

/** What is known before decoding: our own reading of a plain JPEG, or that of libvips. */
type Header = PlainHeader | OrientedMetadata;

/** Length of a run of equal bytes that is rare in compressed data, unless overwritten or of one colour. */
const RUN = 16;
/** Number of bytes that a writer may leave after the last pixel. */
const SPARE = 3;

/**
 * Reads JPEG with libjpeg-turbo and treats its warnings as errors, since it decodes truncated or invalid data as grey.
 * libvips ignores warnings for the last rows, and there are none if overwritten data happens to be long enough. So if
 * the end marker is missing or the data looks overwritten, the codes are checked as well.
 */
export const openJpeg: OpenPicture = async (bytes) => {
  const jpeg = readJpegStructure(bytes);
  const plain = readPlainHeader(jpeg.bytes);
  if (plain) return { ...plain.size, decode: () => decodeJpeg(jpeg, plain) };
  const metadata = await readMetadata(jpeg.bytes, 'jpeg');
  return { ...metadata.autoOrient, decode: () => decodeJpeg(jpeg, metadata) };
};

/** Decodes with our build of libjpeg-turbo; through libvips where that does not apply or finds anything unusual. */
async function decodePixels(bytes: Uint8Array, header: Header, failOn?: 'warning'): Promise<Picture> {
  if (!('isPlain' in header)) return decodeWithVips(bytes, 'jpeg', header, failOn && { failOn });
  const picture = decodeRgb(bytes);
  if (!picture) return decodeWithVips(bytes, 'jpeg', await readMetadata(bytes, 'jpeg'), failOn && { failOn });
  return orient(picture, header.orientation);
}

async function decodeJpeg(jpeg: JpegStructure, metadata: Header): Promise<Picture> {
  for (const scan of jpeg.scans) if (!jpeg.hasEnd || runIn(jpeg.bytes, scan) !== null) checkCodes(jpeg, scan);
  let picture: Picture;
  try {
    picture = await decodePixels(jpeg.bytes, metadata, 'warning');
  } catch (error) {
    if (!tellsOfSpareBytes(error)) throw error;
    const shorter = withoutPadding(jpeg);
    if (shorter) return decodeJpeg(shorter, metadata);
    if (!jpeg.isComplete || hasProgressiveRun(jpeg)) throw overwritten();
    return decodePixels(jpeg.bytes, metadata);
  }
  if (hasProgressiveRun(jpeg) && !(await needsAll(jpeg))) throw overwritten();
  return picture;
}

/** Whether the decoder found spare bytes after a scan. Before a restart marker they mean that it lost its position. */
function tellsOfSpareBytes(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  return /extraneous bytes before marker 0x(?!d[0-7])/.test(cause);
}

/**
 * Checks the codes of a sequential scan. If they end before their data, overwritten data was read as codes, unless the
 * run of equal bytes begins after the codes, as padding does.
 */
function checkCodes({ bytes, hasEnd }: JpegStructure, scan: JpegScan): void {
  if (!scan.coding) return;
  const end = endOfCodes(bytes, scan.from, scan.to, scan.coding);
  const run = runIn(bytes, scan);
  if (end === null) throw hasEnd || run !== null ? overwritten() : truncated('jpeg');
  // The first byte of the run may still belong to the picture.
  if (run === null || run + 1 >= end) return;
  const isFlat = bytes[run] !== 0 || zerosAreFlat(scan.coding);
  if (!isFlat || scan.to - end > SPARE) throw overwritten();
}

/** Whether zeros decode to blocks of one colour: the first code of a table is all zeros, and symbol 0 ends a block. */
function zerosAreFlat({ blocks }: SequentialScan): boolean {
  return blocks.every(({ ac }) => ac[16] === 0);
}

/** Offset of a run of equal bytes; null if there is none. */
function runIn(bytes: Uint8Array, { from, to }: JpegScan): number | null {
  for (let at = from; at + RUN <= to; at += RUN / 2) {
    if (bytes[at] === bytes[at + RUN / 2 - 1] && isRun(bytes, at, at + RUN / 2)) {
      let end = at + RUN / 2;
      let start = at;
      while (start > from && bytes[start - 1] === bytes[at]) start--;
      while (end < to && bytes[end] === bytes[at]) end++;
      if (end - start >= RUN) return start;
    }
  }
  return null;
}

function isRun(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from + 1; at < to; at++) if (bytes[at] !== bytes[from]) return false;
  return true;
}

function hasProgressiveRun({ bytes, scans }: JpegStructure): boolean {
  return scans.some((scan) => scan.coding === null && runIn(bytes, scan) !== null);
}

/** Whether the data of the last scan is needed up to its end, apart from padding. */
async function needsAll(jpeg: JpegStructure): Promise<boolean> {
  if (!(await isSound(without(jpeg, SPARE)))) return true;
  const shorter = withoutPadding(jpeg);
  return shorter !== null && (await isSound(shorter)) && (!hasProgressiveRun(shorter) || needsAll(shorter));
}

/** The picture without the equal bytes at the end of its last scan; null if there are none. */
function withoutPadding(jpeg: JpegStructure): JpegStructure | null {
  const { bytes, scans } = jpeg;
  const { from, to } = scans.at(-1)!;
  let start = to - 1;
  while (start > from && bytes[start - 1] === bytes[to - 1]) start--;
  if (bytes[start - 1] === 0xff) start++; // the zero stuffed after 0xFF
  return to - start > SPARE ? without(jpeg, to - start) : null;
}

function without(jpeg: JpegStructure, count: number): JpegStructure {
  const { bytes, scans } = jpeg;
  const last = scans.at(-1)!;
  return {
    ...jpeg,
    bytes: Buffer.concat([bytes.subarray(0, last.to - count), bytes.subarray(last.to)]),
    scans: [...scans.slice(0, -1), { ...last, to: last.to - count }],
  };
}

async function isSound({ bytes }: JpegStructure): Promise<boolean> {
  try {
    await sharp(bytes, { failOn: 'warning', limitInputPixels: false }).raw().toBuffer();
    return true;
  } catch (error) {
    if (isOutOfMemory(error)) throw error;
    return false;
  }
}

const overwritten = () => damaged('jpeg', 'part of its data is overwritten');
