/** What is needed to read the codes of a scan of a sequential, Huffman-coded JPEG. */
export interface SequentialScan {
  /** The DC and AC tables of each block of a unit (MCU), as stored in DHT segments. */
  blocks: { dc: Uint8Array; ac: Uint8Array }[];
  units: number;
  /** Units between restart markers; 0 for none. */
  restartInterval: number;
}

/**
 * Reads the codes of a scan without decoding pixels.
 *
 * @returns the offset after the last byte that belongs to a pixel; null if the data ends earlier or has an invalid code
 */
export function endOfCodes(
  bytes: Uint8Array,
  from: number,
  to: number,
  { blocks, units, restartInterval }: SequentialScan,
): number | null {
  const lookups = new Map<Uint8Array, Uint16Array>();
  for (const table of blocks.flatMap(({ dc, ac }) => [dc, ac])) {
    if (!lookups.has(table)) lookups.set(table, makeLookup(table));
  }
  const tables = blocks.map(({ dc, ac }) => [lookups.get(dc)!, lookups.get(ac)!] as const);
  const bits = new Bits(bytes, from, to);
  for (let unit = 0; unit < units; unit++) {
    if (restartInterval > 0 && unit > 0 && unit % restartInterval === 0 && !bits.passRestart()) return null;
    for (const [dc, ac] of tables) {
      const code = bits.readCode(dc);
      if (code < 0) return null;
      bits.skip(code & 15);
      for (let k = 1; k < 64;) {
        const symbol = bits.readCode(ac);
        if (symbol < 0) return null;
        const size = symbol & 15;
        bits.skip(size);
        if (size > 0) k += (symbol >> 4) + 1;
        else if (symbol === 0xf0) k += 16;
        else break;
      }
    }
    if (bits.isOver) return null;
  }
  return bits.place;
}

/** For each 16 bits: the length of the code they begin with (upper byte) and its symbol; 0 if there is none. */
function makeLookup(table: Uint8Array): Uint16Array {
  const lookup = new Uint16Array(65536);
  let at = 0;
  let symbol = 16;
  for (let length = 1; length <= 16; length++) {
    for (let i = 0; i < table[length - 1]!; i++) {
      const next = at + (1 << (16 - length));
      lookup.fill((length << 8) | (table[symbol++] ?? 0), at, next);
      at = next;
    }
  }
  return lookup;
}

/** Reads entropy-coded data bit by bit: skips the zero stuffed after 0xFF, and returns zeros after the end. */
class Bits {
  #value = 0;
  /** Number of unread bits in `#value`. */
  #count = 0;
  /** Number of these that are after the end of the data. */
  #madeUp = 0;

  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
    private readonly to: number,
  ) {}

  /** Whether bits after the end have been read. */
  get isOver(): boolean {
    return this.#madeUp > this.#count;
  }

  /** Offset after the last byte read. */
  get place(): number {
    let place = this.at;
    for (let unread = this.#count - this.#madeUp; unread >= 8; unread -= 8) {
      place -= this.bytes[place - 1] === 0 && this.bytes[place - 2] === 0xff ? 2 : 1;
    }
    return place;
  }

  /** Reads a code. @returns its symbol, or -1 if invalid */
  readCode(lookup: Uint16Array): number {
    if (this.#count < 16) this.#fill();
    const entry = lookup[(this.#value >> (this.#count - 16)) & 0xffff]!;
    if (entry === 0) return -1;
    this.#count -= entry >> 8;
    return entry & 0xff;
  }

  /** @param count up to 15 */
  skip(count: number): void {
    if (this.#count < count) this.#fill();
    this.#count -= count;
  }

  /** Skips a restart marker. @returns false if there is none here */
  passRestart(): boolean {
    const at = this.place;
    if (this.isOver || this.bytes[at] !== 0xff || (this.bytes[at + 1]! & 0xf8) !== 0xd0) return false;
    this.at = at + 2;
    this.#value = this.#count = this.#madeUp = 0;
    return true;
  }

  #fill(): void {
    const { bytes, to } = this;
    while (this.#count <= 16) {
      const byte = this.at < to ? bytes[this.at]! : 0xff;
      let next = 0;
      if (byte !== 0xff) {
        next = byte;
        this.at++;
      } else if (this.at + 1 < to && bytes[this.at + 1] === 0) {
        next = 0xff;
        this.at += 2;
      } else {
        this.#madeUp += 8;
      }
      this.#value = ((this.#value & 0xffff) << 8) | next;
      this.#count += 8;
    }
  }
}
