import { sharp } from '../sharp.ts';
import { damaged, isOutOfMemory, truncated } from './errors.ts';
import type { OpenPicture, Picture } from './format.ts';
import { endOfCodes, type SequentialScan } from './jpeg-scan.ts';
import { readJpegStructure, type JpegScan, type JpegStructure } from './jpeg-structure.ts';
import { decodeWithVips, readMetadata, type OrientedMetadata } from './vips.ts';

/** Equal bytes in a row that compressed data seldom has: where it is overwritten, or of one colour. */
const RUN = 16;
/** Bytes behind the last pixel's that a writer may leave. */
const SPARE = 3;

/**
 * JPEG by libjpeg-turbo, whose warnings count: it goes on over data that is too short or makes no sense, and gives grey
 * for it. libvips does not look at those of the last rows, and there are none where overwritten data happens to be long
 * enough, so that the codes are read once more where the end marker is missing or the data looks overwritten.
 */
export const openJpeg: OpenPicture = async (bytes) => {
  const jpeg = readJpegStructure(bytes);
  const metadata = await readMetadata(jpeg.bytes, 'jpeg');
  return { ...metadata.autoOrient, decode: () => decodeJpeg(jpeg, metadata) };
};

async function decodeJpeg(jpeg: JpegStructure, metadata: OrientedMetadata): Promise<Picture> {
  for (const scan of jpeg.scans) if (!jpeg.hasEnd || runIn(jpeg.bytes, scan) !== null) checkCodes(jpeg, scan);
  let picture: Picture;
  try {
    picture = await decodeWithVips(jpeg.bytes, 'jpeg', metadata, { failOn: 'warning' });
  } catch (error) {
    if (!tellsOfSpareBytes(error)) throw error;
    const shorter = withoutPadding(jpeg);
    if (shorter) return decodeJpeg(shorter, metadata);
    if (!jpeg.isComplete || hasProgressiveRun(jpeg)) throw overwritten();
    return decodeWithVips(jpeg.bytes, 'jpeg', metadata);
  }
  if (hasProgressiveRun(jpeg) && !(await needsAll(jpeg))) throw overwritten();
  return picture;
}

/** The decoder found bytes behind a scan that no pixel needs. Before a restart marker they show that it lost its place. */
function tellsOfSpareBytes(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : '';
  return /extraneous bytes before marker 0x(?!d[0-7])/.test(cause);
}

/**
 * Reads the codes of a scan that is sequential. Where they end before their data does, overwritten data was read as codes:
 * but not if that begins only behind them, as padding does.
 */
function checkCodes({ bytes, hasEnd }: JpegStructure, scan: JpegScan): void {
  if (!scan.coding) return;
  const end = endOfCodes(bytes, scan.from, scan.to, scan.coding);
  const run = runIn(bytes, scan);
  if (end === null) throw hasEnd || run !== null ? overwritten() : truncated('jpeg');
  // The byte that both end and run begin with is still the picture's.
  if (run === null || run + 1 >= end) return;
  const isFlat = bytes[run] !== 0 || zerosAreFlat(scan.coding);
  if (!isFlat || scan.to - end > SPARE) throw overwritten();
}

/** Whether zeros are blocks of one colour: the first code of a table is all zeros, and symbol 0 ends a block. */
function zerosAreFlat({ blocks }: SequentialScan): boolean {
  return blocks.every(({ ac }) => ac[16] === 0);
}

/** Where equal bytes in a row begin; null where there are none. */
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

/** Whether the data of the last scan is needed to its end, or would be but for padding. */
async function needsAll(jpeg: JpegStructure): Promise<boolean> {
  if (!(await isSound(without(jpeg, SPARE)))) return true;
  const shorter = withoutPadding(jpeg);
  return shorter !== null && (await isSound(shorter)) && (!hasProgressiveRun(shorter) || needsAll(shorter));
}

/** The picture without the equal bytes at the end of its last scan; null where there are none. */
function withoutPadding(jpeg: JpegStructure): JpegStructure | null {
  const { bytes, scans } = jpeg;
  const { from, to } = scans.at(-1)!;
  let start = to - 1;
  while (start > from && bytes[start - 1] === bytes[to - 1]) start--;
  if (bytes[start - 1] === 0xff) start++; // a zero that belongs to it
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
