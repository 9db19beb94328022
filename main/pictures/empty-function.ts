/** Ids of the sections of a WebAssembly module that are read here, and the kind of a function. */
const IMPORTS = 2;
const EXPORTS = 7;
const CODE = 10;
const FUNCTION = 0;
/** A function body of 2 bytes: no local variables, `end`. */
const EMPTY_BODY = Uint8Array.of(2, 0, 0x0b);

/**
 * Replaces the body of one exported function of a WebAssembly module with an empty one. The function must return
 * nothing.
 *
 * @throws Error when the module does not export a function of that name
 */
export function emptyFunction(module: Uint8Array, name: string): Uint8Array {
  const parts: Uint8Array[] = [module.subarray(0, 8)];
  let imported = 0;
  let index: number | undefined;
  let emptied = false;
  for (const reader = new Reader(module, 8); reader.at < module.length;) {
    const start = reader.at;
    const id = reader.byte();
    const end = reader.number() + reader.at;
    if (id === IMPORTS) imported = countImportedFunctions(reader);
    if (id === EXPORTS) index = exportedFunction(reader, name);
    if (id === CODE && index !== undefined) {
      const count = reader.number();
      const bodies: Uint8Array[] = [toLeb(count)];
      for (let i = 0; i < count; i++) {
        const bodyAt = reader.at;
        reader.skip(reader.number());
        bodies.push(i === index - imported ? EMPTY_BODY : module.subarray(bodyAt, reader.at));
      }
      const code = Buffer.concat(bodies);
      parts.push(Uint8Array.of(CODE), toLeb(code.length), code);
      emptied = true;
    } else {
      parts.push(module.subarray(start, end));
    }
    reader.at = end;
  }
  if (!emptied) throw new Error(`the WebAssembly module exports no function ${name}`);
  return Buffer.concat(parts);
}

function countImportedFunctions(reader: Reader): number {
  let functions = 0;
  for (let left = reader.number(); left > 0; left--) {
    reader.skip(reader.number());
    reader.skip(reader.number());
    const kind = reader.byte();
    if (kind === FUNCTION) {
      functions++;
      reader.number();
    } else if (kind === 3) {
      reader.skip(2); // a global: type and mutability
    } else {
      if (kind === 1) reader.skip(1); // a table: the type of its elements
      const hasMaximum = (reader.number() & 1) !== 0;
      reader.number();
      if (hasMaximum) reader.number();
    }
  }
  return functions;
}

function exportedFunction(reader: Reader, name: string): number | undefined {
  for (let left = reader.number(); left > 0; left--) {
    const found = Buffer.from(reader.take(reader.number())).toString('utf8');
    const kind = reader.byte();
    const index = reader.number();
    if (kind === FUNCTION && found === name) return index;
  }
  return undefined;
}

class Reader {
  constructor(
    private readonly bytes: Uint8Array,
    public at: number,
  ) {}

  byte(): number {
    return this.bytes[this.at++]!;
  }

  /** A number in LEB128: seven bits per byte, lowest first. */
  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = this.byte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  take(bytes: number): Uint8Array {
    this.skip(bytes);
    return this.bytes.subarray(this.at - bytes, this.at);
  }
}

function toLeb(value: number): Uint8Array {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Uint8Array.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
