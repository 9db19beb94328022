import { expect, test } from 'vitest';
import { PICTURE_COMMANDS, type PictureCommands } from '../../../renderer/lib/picture-commands.ts';
import { KEY_SHEET } from '../../../renderer/views/library/key-sheet.ts';

const NAMES = ['cat', 'dog'] as const;

test('every key of a command is in the shortcuts’ help', () => {
  const explained = KEY_SHEET.flatMap(({ keys }) => keys.flatMap(([names]) => names));
  const keys = PICTURE_COMMANDS.flatMap(({ key }) => (key === null ? [] : [key]));
  expect(keys.length).toBeGreaterThan(8);
  for (const key of keys) {
    const name = key.replace('Control+', 'Ctrl ').replace(/(^| )[a-z]$/, (last) => last.toUpperCase());
    expect(explained).toContain(name);
  }
});

test('each command has one name in a menu', () => {
  const names = PICTURE_COMMANDS.map(({ name }) => name(1, NAMES));
  expect(new Set(names).size).toBe(names.length);
  expect(names).toContain('Label as dog');
});

test('labels are given with where they come from, and not where the list does not allow it', () => {
  const given: unknown[] = [];
  const commands: PictureCommands = { count: 1, label: (...label) => given.push(label) };
  const row = (key: string) => PICTURE_COMMANDS.find((one) => one.key === key)!;
  for (const key of ['1', '2', 's', '0']) row(key).of(commands, 'key')?.();
  expect(given).toEqual([0, 1, 'skipped', null].map((label) => [label, 'key']));
  expect(row('1').of({ count: 1, label: null }, 'key')).toBeNull();
  expect(row('1').of({ count: 1 }, 'key')).toBeUndefined();
  expect(row('0').of({ ...commands, clears: false }, 'key')).toBeUndefined();
});
