import { expect, test } from 'vitest';
import { temperatureWords } from '../../../shared/temperature-words.ts';
import { unsureHeadline } from '../../../renderer/lib/unsure-words.ts';

test('a temperature that is shown as 1.00 is neither above nor below 1', () => {
  expect(temperatureWords(1)).toContain('Near 1:');
  expect(temperatureWords(0.996)).toContain('Near 1:');
  expect(temperatureWords(1.2)).toContain('Above 1:');
  expect(temperatureWords(0.8)).toContain('Below 1:');
});

test('the headline of a guarantee gives its confidence, and names a class that is never answered', () => {
  expect(unsureHeadline({ risk: 0.05, from: [0.8, 0.9] }, 0.83, ['cats', 'dogs'])).toBe(
    'Right at least 95% of the time when it answers, with 95% confidence for each class, and it answers 83.0% of pictures.',
  );
  expect(unsureHeadline({ risk: 0.05, from: [null, 0.9] }, 0.4, ['cats', 'dogs'])).toBe(
    'Right at least 95% of the time when it answers “dogs”, with 95% confidence, and it answers 40.0% of pictures. It never answers “cats”.',
  );
});
