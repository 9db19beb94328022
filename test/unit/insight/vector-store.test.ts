import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { VectorStore } from '../../../main/insight/vector-store.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'twofold-vectors-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const hash = (number: number): string => number.toString(16).padStart(64, '0');
const store = (): VectorStore => new VectorStore(join(folder, 'index'), 3);
const vector = (number: number): number[] => [number, number / 2, -number];

async function write(...numbers: number[]): Promise<void> {
  const writer = await store().writer();
  await writer.append(numbers.map(hash), Float32Array.from(numbers.flatMap(vector)));
  await writer.close();
}

async function read(): Promise<Record<string, number[]>> {
  const { hashes, matrix } = await store().read();
  return Object.fromEntries(
    hashes.map((name, row) => [name, Array.from(matrix.data.subarray(row * 3, row * 3 + 3))]),
  );
}
const expected = (...numbers: number[]): Record<string, number[]> =>
  Object.fromEntries(numbers.map((number) => [hash(number), vector(number)]));

it('reads what was written, and nothing from an empty store', async () => {
  expect(await read()).toEqual({});
  await write(1, 2);
  expect(await read()).toEqual(expected(1, 2));
});

it('loses only truncated and damaged records', async () => {
  await write(1, 2, 3);
  const [name] = readdirSync(join(folder, 'index'));
  const file = join(folder, 'index', name!);
  const content = readFileSync(file);
  content[60] = content[60]! ^ 1; // in the second record
  writeFileSync(file, content.subarray(0, content.length - 5));
  expect(await read()).toEqual(expected(1));
});

it('continues in a new file after a truncated record, and merges files when there are many', async () => {
  for (let number = 1; number <= 20; number++) {
    await write(number);
    const files = readdirSync(join(folder, 'index')).filter((name) => name.endsWith('.vectors'));
    if (number === 4) appendFileSync(join(folder, 'index', files[0]!), 'half a record');
  }
  expect(await read()).toEqual(expected(...Array.from({ length: 20 }, (_, index) => index + 1)));
  expect(readdirSync(join(folder, 'index')).length).toBeLessThan(10);
});
