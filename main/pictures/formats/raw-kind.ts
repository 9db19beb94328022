import { TiffFile, type TiffDirectory } from './tiff-directory.ts';

const SUB_IFDS = 330;
const PHOTOMETRIC = 262;
const MAKE = 271;
const DNG_VERSION = 50706;
/** PhotometricInterpretation of what a sensor saw: with a colour filter, or one value a colour. */
const SENSOR = new Set([32803, 34892]);

/** The kinds of raw photographs that begin as no TIFF does, by their first bytes. */
const BEGINNINGS: readonly [start: RegExp, kind: string][] = [
  [/^FUJIFILMCCD-RAW/, 'RAF'],
  [/^(?:IIR[OS]|MMOR)/, 'ORF'],
  [/^IIU\0/, 'RW2'],
  [/^.{4}ftypcrx /s, 'CR3'],
  [/^(?:II\*\0|MM\0\*).{4}CR/s, 'CR2'],
];
/** What the makers of cameras call their raw files, where they are TIFFs with another ending. */
const MAKERS: readonly [make: RegExp, kind: string][] = [
  [/^nikon/i, 'NEF'],
  [/^sony/i, 'ARW'],
  [/^(?:pentax|ricoh|asahi)/i, 'PEF'],
  [/^samsung/i, 'SRW'],
  [/^hasselblad/i, '3FR'],
];

/**
 * What kind of raw photograph a file is, by its structure; undefined for anything else.
 *
 * @param bytes a file, or its beginning
 * @returns such as `DNG`; `TIFF` where the maker is not known
 */
export function rawKind(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, 16)).toString('latin1');
  const known = BEGINNINGS.find(([start]) => start.test(head));
  if (known) return known[1];
  if (!/^(?:II[*+]\0|MM\0[*+])/.test(head)) return undefined;
  const pages = new TiffFile(bytes).pages();
  const first = pages[0];
  if (first?.has(DNG_VERSION)) return 'DNG';
  if (!first || !withChildren(pages).some(isSensorData)) return undefined;
  const make = first.text(MAKE);
  return MAKERS.find(([pattern]) => pattern.test(make))?.[1] ?? 'TIFF';
}

/** Directories and those that they point to. */
export function withChildren(pages: readonly TiffDirectory[]): TiffDirectory[] {
  return pages.flatMap((page) => [page, ...page.children(SUB_IFDS)]);
}

/** Whether a directory is that of the raw pixels. */
export function isSensorData(directory: TiffDirectory): boolean {
  return SENSOR.has(directory.number(PHOTOMETRIC, 0));
}
