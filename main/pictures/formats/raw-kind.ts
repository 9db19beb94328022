import { TiffFile, type TiffDirectory } from './tiff-directory.ts';

const SUB_IFDS = 330;
const PHOTOMETRIC = 262;
const MAKE = 271;
const DNG_VERSION = 50706;
/** Values of PhotometricInterpretation for sensor data: colour filter array, linear raw. */
const SENSOR = new Set([32803, 34892]);

/** Kinds of raw photographs with first bytes of their own. */
const BEGINNINGS: readonly [start: RegExp, kind: string][] = [
  [/^FUJIFILMCCD-RAW/, 'RAF'],
  [/^(?:IIR[OS]|MMOR)/, 'ORF'],
  [/^IIU\0/, 'RW2'],
  [/^.{4}ftypcrx /s, 'CR3'],
  [/^(?:II\*\0|MM\0\*).{4}CR/s, 'CR2'],
];
/** Kinds of raw photographs that are ordinary TIFFs, by the make of the camera. */
const MAKERS: readonly [make: RegExp, kind: string][] = [
  [/^nikon/i, 'NEF'],
  [/^sony/i, 'ARW'],
  [/^(?:pentax|ricoh|asahi)/i, 'PEF'],
  [/^samsung/i, 'SRW'],
  [/^hasselblad/i, '3FR'],
];

/**
 * The kind of a raw photograph, by its structure.
 *
 * @param bytes a file, or its beginning
 * @returns such as `DNG`; `TIFF` if the make is unknown; undefined for other files
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

/** Directories with their sub-directories. */
export function withChildren(pages: readonly TiffDirectory[]): TiffDirectory[] {
  return pages.flatMap((page) => [page, ...page.children(SUB_IFDS)]);
}

/** Whether a directory describes the raw pixels. */
export function isSensorData(directory: TiffDirectory): boolean {
  return SENSOR.has(directory.number(PHOTOMETRIC, 0));
}
