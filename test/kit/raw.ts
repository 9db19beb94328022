/** Files built as the raw photographs of several makers are, around a JPEG. */

const SHORT = 3;
const LONG = 4;
const ASCII = 2;
const BYTE = 1;
const UNDEFINED = 7;

/** A tag: its number, type and values, text or bytes. `here` stands for the place of a blob. */
type Tag = [tag: number, type: number, values: number[] | string | Uint8Array];

interface Directory {
  tags: Tag[];
  /** Blobs whose offset goes into a tag (added to the tags above). */
  blobs?: { offset: number; length: number; bytes: Uint8Array }[];
  children?: Directory[];
}

/** A TIFF structure, little-endian, with its directories in a chain. */
export function tiffFile(directories: Directory[], magic = 'II*\0'): Buffer {
  const parts: Buffer[] = [Buffer.concat([Buffer.from(magic, 'latin1'), Buffer.alloc(4)])];
  let size = 8;
  const add = (bytes: Uint8Array): number => {
    const at = size;
    const padded = Buffer.concat([bytes, Buffer.alloc(bytes.length % 2)]);
    parts.push(padded);
    size += padded.length;
    return at;
  };
  const write = ({ tags, blobs = [], children = [] }: Directory, next: number): number => {
    const all: Tag[] = [...tags];
    for (const { offset, length, bytes } of blobs) {
      all.push([offset, LONG, [add(bytes)]], [length, LONG, [bytes.length]]);
    }
    if (children.length > 0) all.push([330, LONG, children.map((child) => write(child, 0))]);
    const entries = all
      .sort(([a], [b]) => a - b)
      .map(([tag, type, values]) => {
        const bytes = encode(type, values);
        const entry = Buffer.alloc(12);
        entry.writeUInt16LE(tag, 0);
        entry.writeUInt16LE(type, 2);
        entry.writeUInt32LE(
          type === SHORT ? bytes.length / 2 : type === LONG ? bytes.length / 4 : bytes.length,
          4,
        );
        if (bytes.length <= 4) entry.set(bytes, 8);
        else entry.writeUInt32LE(add(bytes), 8);
        return entry;
      });
    const head = Buffer.alloc(2);
    head.writeUInt16LE(entries.length);
    const tail = Buffer.alloc(4);
    tail.writeUInt32LE(next);
    return add(Buffer.concat([head, ...entries, tail]));
  };
  const first = [...directories].reverse().reduce((next, directory) => write(directory, next), 0);
  const file = Buffer.concat(parts);
  file.writeUInt32LE(first, 4);
  return file;
}

function encode(type: number, values: Tag[2]): Buffer {
  if (typeof values === 'string') return Buffer.from(`${values}\0`, 'latin1');
  if (values instanceof Uint8Array) return Buffer.from(values);
  const bytes = Buffer.alloc(values.length * (type === SHORT ? 2 : type === LONG ? 4 : 1));
  values.forEach((value, i) => {
    if (type === SHORT) bytes.writeUInt16LE(value, 2 * i);
    else if (type === LONG) bytes.writeUInt32LE(value, 4 * i);
    else bytes[i] = value;
  });
  return bytes;
}

/** The tags of raw pixels of a size; their data is random, as compressed data looks. */
function sensor(width: number, height: number, photometric = 32803): Directory {
  const bytes = Uint8Array.from({ length: 400 }, (_, i) => (i * i * 31 + i * 7) % 251);
  return {
    tags: [
      [256, LONG, [width]],
      [257, LONG, [height]],
      [259, SHORT, [34713]],
      [262, SHORT, [photometric]],
    ],
    blobs: [{ offset: 273, length: 279, bytes }],
  };
}

const thumbnail: Directory = {
  tags: [
    [256, LONG, [4]],
    [257, LONG, [3]],
    [259, SHORT, [1]],
    [262, SHORT, [2]],
  ],
  blobs: [{ offset: 273, length: 279, bytes: new Uint8Array(36) }],
};
const withTags = (directory: Directory, ...tags: Tag[]): Directory => ({
  ...directory,
  tags: [...directory.tags, ...tags],
});
const named = (jpeg: Uint8Array): Directory => ({
  tags: [[259, SHORT, [6]]],
  blobs: [{ offset: 513, length: 514, bytes: jpeg }],
});
const stored = (jpeg: Uint8Array, compression: number): Directory => ({
  tags: [
    [259, SHORT, [compression]],
    [262, SHORT, [6]],
  ],
  blobs: [{ offset: 273, length: 279, bytes: jpeg }],
});

type Make = (jpeg: Uint8Array, width: number, height: number, orientation: number) => Buffer;

/** One maker of files a kind: around a JPEG, with the size of the raw pixels and an orientation. */
export const RAW_KINDS: Record<string, Make> = {
  DNG: (jpeg, width, height, orientation) =>
    tiffFile([
      {
        ...withTags(thumbnail, [50706, BYTE, [1, 4, 0, 0]], [274, SHORT, [orientation]]),
        children: [sensor(width, height), stored(jpeg, 7)],
      },
    ]),
  NEF: (jpeg, width, height, orientation) =>
    tiffFile([
      {
        ...withTags(thumbnail, [271, ASCII, 'NIKON CORPORATION'], [274, SHORT, [orientation]]),
        children: [named(jpeg), sensor(width, height)],
      },
    ]),
  ARW: (jpeg, width, height, orientation) =>
    tiffFile([
      {
        tags: [
          [271, ASCII, 'SONY'],
          [274, SHORT, [orientation]],
        ],
        children: [sensor(width, height)],
      },
      thumbnail,
      named(jpeg),
    ]),
  PEF: (jpeg, width, height, orientation) =>
    tiffFile([
      withTags(sensor(width, height), [271, ASCII, 'PENTAX'], [274, SHORT, [orientation]]),
      named(jpeg),
    ]),
  SRW: (jpeg, width, height, orientation) =>
    tiffFile([
      {
        ...withTags(thumbnail, [271, ASCII, 'SAMSUNG'], [274, SHORT, [orientation]]),
        children: [sensor(width, height), named(jpeg)],
      },
    ]),
  '3FR': (jpeg, width, height, orientation) =>
    tiffFile([
      {
        ...withTags(stored(jpeg, 7), [271, ASCII, 'Hasselblad'], [274, SHORT, [orientation]]),
        children: [sensor(width, height)],
      },
    ]),
  CR2: (jpeg, width, height, orientation) => {
    // The version stands between the header and the first directory.
    const file = tiffFile([
      withTags(stored(jpeg, 6), [271, ASCII, 'Canon'], [274, SHORT, [orientation]], [256, SHORT, [width]], [257, SHORT, [height]]), // prettier-ignore
    ]);
    const shifted = Buffer.concat([file, Buffer.from('CR\x02\0', 'latin1')]);
    // The JPEG is the first blob, at byte 8: move it to the end of the file.
    const at = shifted.length;
    const moved = Buffer.concat([shifted, jpeg]);
    moved.write('CR\x02\0', 8, 'latin1');
    const entry = findEntry(moved, 273);
    moved.writeUInt32LE(at, entry + 8);
    return moved;
  },
  ORF: (jpeg, width, height, orientation) => {
    // The preview is in Olympus' own notes, before the raw pixels.
    const raw = withTags(sensor(width, height, 1), [271, ASCII, 'OLYMPUS'], [274, SHORT, [orientation]]);
    const notes = Buffer.from('OLYMPUS\0II\x03\0', 'latin1');
    const file = Buffer.concat([tiffFile([raw], 'IIRO'), notes, jpeg, Buffer.alloc(400, 5)]);
    file.writeUInt32LE(file.length - 400, findEntry(file, 273) + 8);
    return file;
  },
  RW2: (jpeg, width, height, orientation) =>
    tiffFile(
      [
        {
          tags: [
            [2, SHORT, [width]],
            [3, SHORT, [height]],
            [271, ASCII, 'Panasonic'],
            [274, SHORT, [orientation]],
            [46, UNDEFINED, jpeg],
          ],
        },
      ],
      'IIU\0',
    ),
};

function findEntry(file: Buffer, tag: number): number {
  const directory = file.readUInt32LE(4);
  for (let i = 0; i < file.readUInt16LE(directory); i++) {
    const at = directory + 2 + 12 * i;
    if (file.readUInt16LE(at) === tag) return at;
  }
  throw new Error(`no tag ${tag}`);
}

/** Fujifilm's, whose orientation is the one inside the JPEG. */
export function rafFile(jpeg: Uint8Array, width: number, height: number): Buffer {
  const list = Buffer.alloc(12);
  list.writeUInt32BE(1, 0);
  list.writeUInt16BE(0x100, 4);
  list.writeUInt16BE(4, 6);
  list.writeUInt16BE(height, 8);
  list.writeUInt16BE(width, 10);
  const head = Buffer.alloc(160);
  head.write('FUJIFILMCCD-RAW 0201FF383501X-T1', 'latin1');
  head.writeUInt32BE(160, 84);
  head.writeUInt32BE(jpeg.length, 88);
  head.writeUInt32BE(160 + jpeg.length, 92);
  head.writeUInt32BE(list.length, 96);
  return Buffer.concat([head, jpeg, list, Buffer.alloc(400, 7)]);
}

/** Canon's on the base of films. */
export function cr3File(jpeg: Uint8Array, width: number, height: number, orientation: number): Buffer {
  const box = (type: string, ...content: Uint8Array[]) => {
    const body = Buffer.concat(content);
    const head = Buffer.alloc(8);
    head.writeUInt32BE(8 + body.length, 0);
    head.write(type, 4, 'latin1');
    return Buffer.concat([head, body]);
  };
  const ftyp = box('ftyp', Buffer.from('crx \0\0\0\x01crx isom', 'latin1'));
  const track = (bytes: number, at: number, trackWidth: number, trackHeight: number) => {
    const entry = Buffer.alloc(86);
    entry.writeUInt32BE(86, 0);
    entry.write('CRAW', 4, 'latin1');
    entry.writeUInt16BE(trackWidth, 32);
    entry.writeUInt16BE(trackHeight, 34);
    const stsd = box('stsd', Buffer.from('0000000000000001', 'hex'), entry);
    const sizes = Buffer.alloc(12);
    sizes.writeUInt32BE(bytes, 4);
    sizes.writeUInt32BE(1, 8);
    const places = Buffer.alloc(16);
    places.writeUInt32BE(1, 4);
    places.writeBigUInt64BE(BigInt(at), 8);
    return box('trak', box('mdia', box('minf', box('stbl', stsd, box('stsz', sizes), box('co64', places)))));
  };
  const tags = tiffFile([{ tags: [[274, SHORT, [orientation]]] }]);
  const canon = box('uuid', Buffer.from('85c0b687820f11e08111f4ce462b6a48', 'hex'), box('CMT1', tags));
  const moov = (at: number) =>
    box('moov', canon, track(jpeg.length, at, width, height), track(400, at + jpeg.length, width, height));
  const at = ftyp.length + moov(0).length + 8;
  return Buffer.concat([ftyp, moov(at), box('mdat', jpeg, Buffer.alloc(400, 9))]);
}
