import { describe, expect, it } from 'vitest';
import { ProgressMeter, type Progress } from '../../shared/progress.ts';

function meter(total: number): { at: (ms: number, done: number) => void; reports: Progress[] } {
  let now = 0;
  const reports: Progress[] = [];
  const measured = new ProgressMeter(
    total,
    (progress) => reports.push(progress),
    () => now,
  );
  return {
    reports,
    at: (ms, done) => {
      now = ms;
      measured.update(done);
    },
  };
}

describe('progress', () => {
  it('reports ten times a second at most, and the end always, once', () => {
    const { at, reports } = meter(100);
    for (let done = 1; done <= 100; done++) at(done * 10, done);
    at(1001, 100);
    expect(reports.length).toBeLessThanOrEqual(11);
    expect(reports.at(-1)).toMatchObject({ fraction: 1, done: 100, total: 100, leftMs: 0 });
    expect(reports.filter(({ done }) => done === 100)).toHaveLength(1);
  });

  it('estimates the time left from the last seconds, not the first', () => {
    const { at, reports } = meter(1000);
    for (let second = 1; second <= 10; second++) at(second * 1000, second);
    for (let second = 11; second <= 30; second++) at(second * 1000, 10 + (second - 10) * 10);
    const last = reports.at(-1)!;
    expect(last.perSecond).toBeCloseTo(10, 0);
    expect(last.leftMs! / 1000).toBeCloseTo((1000 - last.done) / 10, 0);
  });

  it('does not count what comes before the first item', () => {
    const { at, reports } = meter(100);
    at(5000, 1);
    at(6000, 11);
    expect(reports.at(-1)).toMatchObject({ perSecond: 10, leftMs: 8900 });
  });

  it('gives no speed before it is known', () => {
    const { at, reports } = meter(10);
    at(10, 1);
    expect(reports[0]).toMatchObject({ perSecond: null, leftMs: null });
  });
});
