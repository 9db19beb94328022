import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SafetensorsFile, tensorSource, writeSafetensors } from '../../../main/files/safetensors.ts';
import { TwofoldError } from '../../../shared/errors.ts';

let folder: string;
let path: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'twofold-safetensors-'));
  path = join(folder, 'head.safetensors');
});
afterEach(() => rm(folder, { recursive: true }));

/** A file as the format describes it, made without our writer. */
async function writeRaw(header: unknown, values: Buffer): Promise<void> {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  await writeFile(path, Buffer.concat([length, json, values]));
}

async function failure(): Promise<TwofoldError> {
  const error: unknown = await SafetensorsFile.open(path).then(
    (file) => file.close(),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(TwofoldError);
  return error as TwofoldError;
}

describe('safetensors', () => {
  it('gives back any arrays and metadata it wrote', async () => {
    const arrays = fc.uniqueArray(
      fc.record({
        name: fc.string({ minLength: 1 }).filter((name) => !['__metadata__', '__proto__'].includes(name)),
        rows: fc.nat(7),
        values: fc.float32Array({ minLength: 5, maxLength: 5, noNaN: false }),
      }),
      { selector: ({ name }) => name, maxLength: 6 },
    );
    await fc.assert(
      fc.asyncProperty(arrays, fc.string(), async (list, text) => {
        const filled = list.map(({ name, rows, values }) => {
          const all = Float32Array.from({ length: rows * 5 }, (_, index) => values[index % 5]!);
          return { name, shape: [rows, 5], all };
        });
        await writeSafetensors(
          path,
          filled.map(({ name, shape, all }) => tensorSource(name, shape, all)),
          { text },
        );
        const file = await SafetensorsFile.open(path);
        try {
          expect(file.metadata).toEqual({ text });
          expect([...file.tensors.keys()].sort()).toEqual(filled.map(({ name }) => name).sort());
          for (const { name, shape, all } of filled) {
            expect(await file.floats(name, shape)).toEqual(all);
            const pieces: number[] = [];
            for await (const piece of file.pieces(name, 3)) pieces.push(...piece);
            expect(Float32Array.from(pieces)).toEqual(all);
          }
        } finally {
          await file.close();
        }
      }),
      { numRuns: 40 },
    );
  });

  it('reads what others write: no metadata, arrays in any order, bytes', async () => {
    const values = Buffer.alloc(11);
    values.set([7, 8, 9], 0);
    values.writeFloatLE(1.5, 3);
    values.writeFloatLE(-2, 7);
    await writeRaw(
      {
        b: { dtype: 'F32', shape: [2], data_offsets: [3, 11] },
        a: { dtype: 'U8', shape: [1, 3], data_offsets: [0, 3] },
      },
      values,
    );
    const file = await SafetensorsFile.open(path);
    expect([...(await file.bytes('a'))]).toEqual([7, 8, 9]);
    expect([...(await file.floats('b'))]).toEqual([1.5, -2]);
    await expect(file.floats('a')).rejects.toMatchObject({ code: 'corrupt' });
    await expect(file.floats('b', [1, 2])).rejects.toMatchObject({ code: 'corrupt' });
    await expect(file.floats('c')).rejects.toMatchObject({ code: 'corrupt' });
    await file.close();
  });

  it('aligns the values to eight bytes', async () => {
    await writeSafetensors(path, [tensorSource('x', [1], Float32Array.of(1))], { odd: 'ä' });
    const bytes = await readFile(path);
    expect(Number(bytes.readBigUInt64LE()) % 8).toBe(0);
    expect(bytes.readFloatLE(bytes.length - 4)).toBe(1);
  });

  it.each([0, 4, 8, 40, -1])('reports a file truncated to %i bytes as corrupt', async (length) => {
    await writeSafetensors(path, [tensorSource('x', [100], new Float32Array(100))]);
    const whole = (await readFile(path)).length;
    await truncate(path, length < 0 ? whole + length : length);
    const error = await failure();
    expect(error.code).toBe('corrupt');
    expect(error.message).toContain(path);
  });

  it.each<[string, unknown, number]>([
    ['text', 'not json at all', 0],
    ['an array', '[]', 0],
    ['a negative offset', { x: { dtype: 'F32', shape: [1], data_offsets: [-4, 0] } }, 4],
    ['a hole', { x: { dtype: 'F32', shape: [1], data_offsets: [4, 8] } }, 8],
    ['values left over', { x: { dtype: 'F32', shape: [1], data_offsets: [0, 4] } }, 8],
    ['a shape that does not fit', { x: { dtype: 'F32', shape: [2], data_offsets: [0, 4] } }, 4],
    ['a shape beyond counting', { x: { dtype: 'F32', shape: [2 ** 52, 2 ** 52], data_offsets: [0, 4] } }, 4],
    ['an unknown type', { x: { dtype: 'F31', shape: [1], data_offsets: [0, 4] } }, 4],
    [
      'arrays that overlap',
      {
        x: { dtype: 'F32', shape: [2], data_offsets: [0, 8] },
        y: { dtype: 'F32', shape: [1], data_offsets: [4, 8] },
      },
      8,
    ],
  ])('calls a header with %s corrupt', async (_, header, bytes) => {
    await writeRaw(header, Buffer.alloc(bytes));
    expect((await failure()).code).toBe('corrupt');
  });

  it('reports a header longer than the file as corrupt without reading it', async () => {
    await writeFile(path, Buffer.alloc(64, 0xff));
    expect((await failure()).code).toBe('corrupt');
  });

  it('reports a missing file', async () => {
    expect((await failure()).code).toBe('not-found');
  });

  it('keeps the old file and leaves nothing behind when writing fails half-way', async () => {
    await writeSafetensors(path, [tensorSource('x', [1], Float32Array.of(1))]);
    const before = await readFile(path);
    const failing = {
      ...tensorSource('x', [2], new Float32Array(2)),
      *pieces() {
        yield new Float32Array(1);
        throw new Error('no more');
      },
    };
    await expect(writeSafetensors(path, [failing])).rejects.toThrow('no more');
    const short = { ...failing, pieces: () => [new Float32Array(1)] };
    await expect(writeSafetensors(path, [short])).rejects.toThrow('8');
    expect(await readdir(folder)).toEqual(['head.safetensors']);
    expect(await readFile(path)).toEqual(before);
  });

  it.runIf(process.platform === 'linux' && process.getuid?.() === 0)(
    'leaves the old file unchanged on a full disk',
    async () => {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]);
      try {
        await writeSafetensors(path, [tensorSource('x', [1], Float32Array.of(1))]);
        const large = tensorSource('x', [1_000_000], new Float32Array(1_000_000));
        await expect(writeSafetensors(path, [large])).rejects.toMatchObject({ code: 'ENOSPC' });
        expect(await readdir(folder)).toEqual(['head.safetensors']);
        const file = await SafetensorsFile.open(path);
        expect([...(await file.floats('x'))]).toEqual([1]);
        await file.close();
      } finally {
        execFileSync('umount', [folder]);
      }
    },
  );
});
