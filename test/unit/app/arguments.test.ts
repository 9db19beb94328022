import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pathFromArguments } from '../../../main/app/shell/arguments.ts';

const folder = mkdtempSync(join(tmpdir(), 'twofold argümente-'));
const packaged = (...args: string[]) => pathFromArguments(['/opt/twofold', ...args], false, '/');
const fromSources = (...args: string[]) => pathFromArguments(['/electron', ...args], true, '/');

describe('the path to open from the command line', () => {
  it('is the named folder, whatever Chromium switches are given', () => {
    expect(packaged('--no-sandbox', folder, '--enable-logging')).toBe(folder);
    expect(fromSources('--no-sandbox', '/work/app', '--inspect=0', folder)).toBe(folder);
  });

  it('is read from a file URL, as Linux desktops pass it', () => {
    expect(packaged(pathToFileURL(folder).href)).toBe(folder);
  });

  it('is found from the folder in which a second one was started', () => {
    expect(pathFromArguments(['/opt/twofold', basename(folder)], false, dirname(folder))).toBe(folder);
  });

  it('is null without an argument, or if it does not exist', () => {
    expect(packaged()).toBeNull();
    expect(packaged('/no/such/folder')).toBeNull();
    // The app's own folder is not meant.
    expect(fromSources('--no-sandbox', folder)).toBeNull();
  });
});
