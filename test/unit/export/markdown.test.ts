import { expect, test } from 'vitest';
import { plain, table } from '../../../main/export/card/markdown.ts';

test('a name is shown as it is: nothing in it is markup', () => {
  expect(plain('snow_leopard & Äpfel 🍎 #1')).toBe('snow_leopard & Äpfel 🍎 \\#1');
  expect(plain('<img src=x onerror=alert(1)>')).toBe('\\<img src=x onerror=alert(1)>');
  expect(plain('*a* _b_ `c` [d](e) \\f &amp; $g$ ~~h~~')).toBe(
    '\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\\\f \\&amp; \\$g\\$ \\~\\~h\\~\\~',
  );
  expect(plain('two\nlines')).toBe('two lines');
});

test('a bar in a cell does not end it', () => {
  expect(table(['a', 'b'], [['x|y', plain('c\\|d')]])).toBe(
    '| a | b |\n| --- | --- |\n| x\\|y | c\\\\\\|d |',
  );
});
