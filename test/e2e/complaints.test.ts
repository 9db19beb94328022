import { afterEach, expect, test } from 'vitest';
import { AppUnderTest, isComplaint } from '../kit/window/harness.ts';

/** The other tests fail where the app complains of anything; this one shows that complaints are heard. */

let app: AppUnderTest;
afterEach(() => app.close());

test('catches errors of the window, unhandled rejections and output of main', async () => {
  app = await AppUnderTest.launch();
  expect(app.complaints).toEqual([]);
  await app.page.evaluate(`setTimeout(() => {
    console.error('an error on the console');
    Promise.reject(new Error('a rejection of the window'));
    setTimeout(() => { throw new Error('an error of the window'); });
  })`);
  await app.electron.evaluate(() => {
    void Promise.reject(new Error('a rejection of main'));
    process.stderr.write('(twofold:1): GLib-GObject-CRITICAL **: 12:00:00.000: an assertion of GLib\n');
  });
  for (const words of [
    'an error on the console',
    'a rejection of the window',
    'an error of the window',
    'a rejection of main',
    'an assertion of GLib',
  ]) {
    await expect.poll(() => app.complaints.join('\n')).toContain(words);
  }
});

test('ignores Chromium’s own lines', () => {
  expect(isComplaint('[71:1124/130105.123456:ERROR:dbus/bus.cc(408)] Failed to connect to the bus')).toBe(
    false,
  );
  expect(isComplaint('(node:71) UnhandledPromiseRejectionWarning: Error')).toBe(true);
});
