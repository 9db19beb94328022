import { describe, expect, it } from 'vitest';
import { withoutUserNames } from '../../../main/log/redact.ts';

const linux = { home: '/home/anna', name: 'anna' };
const windows = { home: 'C:\\Users\\Anna Bell', name: 'Anna Bell' };

describe('withoutUserNames', () => {
  it.each([
    ['/home/anna/traps.twofold is damaged', '~/traps.twofold is damaged'],
    ['There is nothing at /home/anna.', 'There is nothing at ~.'],
    ['at file:///home/anna/app/main.js:3:1', 'at file://~/app/main.js:3:1'],
    ["open '/media/anna/disk 1/a.jpg'", "open '/media/USER/disk 1/a.jpg'"],
    ['/data/anna-pictures and /data/ANNA', '/data/USER-pictures and /data/USER'],
    ['/home/annabel/x and /Users/carl/y', '/home/USER/x and /Users/USER/y'],
    ['the class anna has 3 pictures', 'the class anna has 3 pictures'],
    ['"/home/anna","/home/bob"', '"~","/home/USER"'],
  ])('turns %s into %s', (text, clean) => {
    expect(withoutUserNames(text, linux)).toBe(clean);
  });

  it.each([
    ['C:\\Users\\Anna Bell\\traps', '~\\traps'],
    ['c:\\users\\anna bell\\traps', '~\\traps'],
    ['{"path":"C:\\\\Users\\\\Anna Bell\\\\x"}', '{"path":"~\\\\x"}'],
    ['file:///C:/Users/Anna%20Bell/app.js', 'file:///~/app.js'],
    ['C:\\Users\\ANNABE~1\\AppData', 'C:\\Users\\USER\\AppData'],
    ['D:\\Users\\Bob Carl\\x is missing', 'D:\\Users\\USER\\x is missing'],
    ['\\\\server\\Anna Bell\\x', '\\\\server\\USER\\x'],
  ])('turns %s into %s on Windows', (text, clean) => {
    expect(withoutUserNames(text, windows)).toBe(clean);
  });

  it('leaves other paths unchanged if the home folder is the root', () => {
    expect(withoutUserNames('/srv/pictures/a.jpg', { home: '/', name: '' })).toBe('/srv/pictures/a.jpg');
  });
});
