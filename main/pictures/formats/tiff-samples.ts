import { decodeSamples } from './vips.ts';
import { retag } from './tiff-retag.ts';
import type { TiffDirectory, TiffFile } from './tiff-directory.ts';
import { conversion } from './tiff-colour.ts';
import type { TiffKind } from './tiff-kind.ts';

type Samples = Uint8Array | Uint16Array;

/** Tags by which libvips would interpret samples that it should only unpack; removed or replaced for each plane. */
const INTERPRETATION = [274, 280, 281, 320, 338, 339, 34_675];

/**
 * Reads the samples of a directory as stored, one array per plane: libvips undoes compression, strips and tiles, and
 * reads each plane as a picture without colour conversion.
 *
 * @returns for chunky storage one plane of [height, width, samples], otherwise `samples` planes of [height, width]
 */
async function readPlanes(
  bytes: Uint8Array,
  file: TiffFile,
  directory: TiffDirectory,
  kind: TiffKind,
): Promise<Samples[]> {
  const count = kind.planar ? kind.samples : 1;
  const channels = kind.planar ? 1 : kind.samples;
  const [offsetsTag, lengthsTag] = kind.tiled ? [324, 325] : [273, 279];
  const offsets = directory.numbers(offsetsTag);
  const lengths = directory.numbers(lengthsTag);
  const each = Math.floor(offsets.length / count);
  const planes: Samples[] = [];
  for (let plane = 0; plane < count; plane++) {
    const changes = new Map<number, number[]>(INTERPRETATION.map((tag) => [tag, []]));
    if (kind.planar) {
      changes.set(284, [1]);
      changes.set(offsetsTag, offsets.slice(plane * each, (plane + 1) * each));
      changes.set(lengthsTag, lengths.slice(plane * each, (plane + 1) * each));
    }
    planes.push(await readPlane(bytes, file, directory, kind, channels, changes));
  }
  return planes;
}

async function readPlane(
  bytes: Uint8Array,
  file: TiffFile,
  directory: TiffDirectory,
  { width, bits }: TiffKind,
  channels: number,
  changes: Map<number, number[]>,
): Promise<Samples> {
  if (bits === 8 || bits === 16) {
    changes.set(258, Array<number>(channels).fill(bits));
    changes.set(277, [channels]);
    changes.set(262, [channels >= 3 ? 2 : 1]);
    return decodeSamples(retag(bytes, file, directory, changes), 'tiff', channels, bits);
  }
  // libvips does not support 10, 12 or 14 bits per sample: it reads rows of bytes, which are unpacked here.
  const rowBytes = (pixels: number) => Math.ceil((pixels * channels * bits) / 8);
  for (const tag of [256, 322]) {
    if (directory.has(tag)) changes.set(tag, [rowBytes(directory.number(tag, 0))]);
  }
  for (const [tag, value] of [[258, 8], [277, 1], [262, 1]] as const) changes.set(tag, [value]); // prettier-ignore
  const rows = await decodeSamples(retag(bytes, file, directory, changes), 'tiff', 1, 8);
  return unpack(rows, rowBytes(width), width * channels, bits);
}

/** Unpacks rows of samples (highest bit first) and scales them to 16 bits. */
function unpack(rows: Samples, rowBytes: number, rowSamples: number, bits: number): Uint16Array {
  const height = rows.length / rowBytes;
  const out = new Uint16Array(height * rowSamples);
  const most = 2 ** bits - 1;
  let to = 0;
  for (let y = 0; y < height; y++) {
    let from = y * rowBytes;
    let held = 0;
    let heldBits = 0;
    for (let i = 0; i < rowSamples; i++) {
      while (heldBits < bits) {
        held = ((held & 0xffff) << 8) | rows[from++]!;
        heldBits += 8;
      }
      heldBits -= bits;
      out[to++] = Math.floor((((held >> heldBits) & most) * 65_535) / most);
    }
  }
  return out;
}

/**
 * The same picture as a TIFF that libvips reads correctly: one chunky strip of 8 or 16 bits per sample, without unused
 * samples. Keeps the tags of colours, profile and alpha.
 */
export async function toPlainTiff(
  bytes: Uint8Array,
  file: TiffFile,
  directory: TiffDirectory,
  kind: TiffKind,
): Promise<Uint8Array> {
  const planes = await readPlanes(bytes, file, directory, kind);
  const kept = [...Array(kind.colourSamples).keys(), ...(kind.alpha === undefined ? [] : [kind.alpha])];
  const { bits, convert } = conversion(kind, directory);
  const count = kind.width * kind.height;
  const out = bits === 8 ? new Uint8Array(count * kept.length) : new Uint16Array(count * kept.length);
  const pixel = kept.map(() => 0);
  for (let i = 0, to = 0; i < count; i++) {
    for (let k = 0; k < kept.length; k++) {
      const sample = kept[k]!;
      pixel[k] = kind.planar ? planes[sample]![i]! : planes[0]![i * kind.samples + sample]!;
    }
    convert?.(pixel);
    for (let k = 0; k < kept.length; k++) out[to++] = pixel[k]!;
  }
  const pixels = Buffer.from(out.buffer);
  if (bits === 16 && !file.littleEndian) pixels.swap16();
  const changes = new Map<number, number[]>([
    [258, kept.map(() => bits)],
    [277, [kept.length]],
    [
      338,
      kind.alpha === undefined
        ? []
        : directory
            .numbers(338)
            .slice(kind.alpha - kind.samples)
            .slice(0, 1),
    ],
    [274, [kind.orientation]],
    [281, []],
    [339, []],
  ]);
  if (kind.bands || kind.colour === 'ycbcr' || kind.colour === 'lab') changes.set(262, [2]);
  // A Lab profile does not apply to the converted RGB values.
  if (kind.colour === 'lab') changes.set(34_675, []);
  return retag(bytes, file, directory, changes, pixels);
}
