import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { isMet, ratioOf, type Measurement } from '../bench/benchmark.ts';
import { Contender, takeTurns, withContenders } from '../bench/contender.ts';
import { BENCHMARKS } from '../bench/list.ts';
import { PHOTOGRAPHS } from '../bench/photograph-list.ts';
import { toJson, toTable } from '../bench/report.ts';
import { median } from '../bench/statistics.ts';

/** A contender in a few lines of plain Node: answers 1, 2, 3, … and greets as TensorFlow does. */
const COUNTING = `
  console.log('Hello from a library');
  const answer = (value) => console.log('@bench ' + JSON.stringify(value));
  let count = 0;
  answer({ ready: true });
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    answer({ samples: Array.from({ length: JSON.parse(line).repeat }, () => ++count) });
  });`;
const FAILING = `
  console.log('@bench {}');
  process.stdin.once('data', () => { console.error('out of luck'); process.exit(3); });`;

const counting = (name: string) => () => Contender.start(name, process.execPath, ['-e', COUNTING]);

describe('contenders', () => {
  test('take turns, and the first turn does not count', async () => {
    const figures = await withContenders([counting('a'), counting('b')], ([a, b]) =>
      takeTurns(
        [
          { contender: a!, repeat: 2 },
          { contender: b!, repeat: 1 },
        ],
        2,
      ),
    );
    expect(figures).toEqual([
      [3, 4, 5, 6],
      [2, 3],
    ]);
  });

  test('that end early are reported with their output', async () => {
    const failing = () => Contender.start('the unlucky one', process.execPath, ['-e', FAILING]);
    await expect(withContenders([failing], ([contender]) => contender!.measure(1))).rejects.toThrow(
      /the unlucky one ended early \(exit code 3\)[^]*out of luck/,
    );
  });

  test('that can not be started are reported too', async () => {
    await expect(Contender.start('nothing', '/nowhere/nothing', [])).rejects.toThrow(/nothing ended early/);
  });
});

const measurement: Measurement = {
  what: 'step',
  unit: 'ms',
  value: 70,
  baseline: { what: 'other', value: 1000 },
  target: { of: 'ratio', limit: 0.09, better: 'lower' },
};

describe('figures', () => {
  test('median of odd and even numbers', () => {
    expect(median([5, 1, 9])).toBe(5);
    expect(median([10, 2, 9, 1])).toBe(5.5);
  });

  test('targets of ratio and value, lower and higher', () => {
    expect(ratioOf(measurement)).toBeCloseTo(0.07);
    expect(isMet(measurement)).toBe(true);
    expect(isMet({ ...measurement, value: 91 })).toBe(false);
    expect(isMet({ ...measurement, target: { of: 'value', limit: 60, better: 'lower' } })).toBe(false);
    expect(isMet({ ...measurement, target: { of: 'value', limit: 60, better: 'higher' } })).toBe(true);
  });

  test('one line of JSON for programs, a table for people', () => {
    const benchmark = BENCHMARKS[0]!;
    const json = toJson(benchmark, { measurements: [measurement], details: { samples: [70] } });
    expect(json).not.toContain('\n');
    expect(JSON.parse(json)).toMatchObject({
      name: 'head-step',
      unit: 'ms',
      value: 70,
      baseline: 1000,
      ratio: 0.07,
      details: { samples: [70], measurements: [{ met: true }] },
    });
    expect(toTable(benchmark, { measurements: [measurement], details: {} })).toMatch(
      /step {2}70 ms {4}other 1,000 ms {2}0\.07 {3}≤ 0\.09, met/,
    );
  });
});

test('every benchmark has a unique name and is in the docs', () => {
  const names = BENCHMARKS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const docs = readFileSync(new URL('../../docs/benchmarks.md', import.meta.url), 'utf8');
  expect(names.filter((name) => !docs.includes(`| \`${name}\``))).toEqual([]);
});

test('no photograph is on both sides of the split, and each side has both classes', () => {
  expect(new Set(PHOTOGRAPHS.map(({ file }) => file)).size).toBe(PHOTOGRAPHS.length);
  const kinds = new Set(PHOTOGRAPHS.map((photograph) => `${photograph.split} ${photograph.class}`));
  expect(kinds.size).toBe(4);
});
