import { describe, expect, it } from 'vitest';
import { parseBytes } from '../../shared/bytes.ts';
import { formatBytes } from '../../shared/format.ts';

describe('a size that was typed', () => {
  it.each([
    ['5GB', 5e9],
    ['5 gb', 5e9],
    ['500MB', 5e8],
    ['1.5 TB', 1.5e12],
    ['12k', 12_000],
    ['4GiB', 4 * 2 ** 30],
    ['123', 123],
    ['7 B', 7],
  ])('%s is %i bytes', (text, bytes) => expect(parseBytes(text)).toBe(bytes));

  it.each(['', 'GB', '-5GB', '5 PB', '5,5GB', '5iB', 'five', '1e9', '0x10'])('%j is none', (text) =>
    expect(parseBytes(text)).toBeNull(),
  );

  it.each([1e6, 2.5e9, 740, 3e12])('%i is read as it is shown', (bytes) =>
    expect(parseBytes(formatBytes(bytes).replace('bytes', ''))).toBe(bytes),
  );
});
