import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { hostname } from 'node:os';
import { expect, test } from 'vitest';
import { isGone, thisProcess } from '../../main/support/processes.ts';

test('a running process is not gone, one that ended is, and one of another host may be running', async () => {
  expect(isGone(thisProcess())).toBe(false);
  const child = spawn(process.execPath, ['-e', '']);
  const { pid } = child;
  await once(child, 'exit');
  expect(isGone(`${hostname()}:${pid!}`)).toBe(true);
  expect(isGone(`elsewhere:${pid!}`)).toBe(false);
});

test('a process stored by id alone, as in older versions', () => {
  expect(isGone(`${hostname()}:${process.pid}`)).toBe(false);
});

test.runIf(process.platform === 'linux')('an id that was given again to another process is gone', () => {
  const [place, start] = thisProcess().split('@');
  expect(isGone(`${place!}@${start!}0`)).toBe(true);
  expect(isGone(`${place!}@0${start!}`)).toBe(true);
});
