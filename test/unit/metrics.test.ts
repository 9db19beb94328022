import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  averagePrecision,
  confusion,
  crossEntropyOfLogit,
  evaluate,
  rocAuc,
  sigmoid,
  wilson,
  type Scored,
} from '../../shared/metrics.ts';

const scored = fc.array(
  fc.record({
    probability: fc.integer({ min: 0, max: 20 }).map((value) => value / 20),
    label: fc.constantFrom<0 | 1>(0, 1),
  }),
  { minLength: 1, maxLength: 60 },
);

describe('metrics', () => {
  it('gives the Wilson interval of the literature', () => {
    // R: prop.test(81, 263, correct = FALSE) gives 0.2553 to 0.3662 (Newcombe 1998, table I, method 3).
    const interval = wilson(81, 263);
    expect(interval?.low).toBeCloseTo(0.2553, 4);
    expect(interval?.high).toBeCloseTo(0.3662, 4);
    expect(wilson(0, 20)?.low).toBe(0);
    expect(wilson(0, 20)?.high).toBeCloseTo(0.1611, 4);
    expect(wilson(0, 0)).toBeNull();
  });

  it("gives scikit-learn's areas for its documentation's example", () => {
    const example: Scored[] = [
      { probability: 0.1, label: 0 },
      { probability: 0.4, label: 0 },
      { probability: 0.35, label: 1 },
      { probability: 0.8, label: 1 },
    ];
    expect(rocAuc(example)).toBeCloseTo(0.75, 12);
    expect(averagePrecision(example)).toBeCloseTo(0.8333333333, 9);
  });

  it('gives as ROC AUC the share of pairs in the right order, ties counting half', () => {
    fc.assert(
      fc.property(scored, (pictures) => {
        const [zeros, ones] = [0, 1].map((label) => pictures.filter((picture) => picture.label === label));
        if (!zeros!.length || !ones!.length) {
          expect(rocAuc(pictures)).toBeNull();
          return;
        }
        let right = 0;
        for (const one of ones!)
          for (const zero of zeros!)
            right += one.probability > zero.probability ? 1 : one.probability === zero.probability ? 0.5 : 0;
        expect(rocAuc(pictures)).toBeCloseTo(right / (ones!.length * zeros!.length), 10);
      }),
    );
  });

  it('counts a probability above the threshold as class 1, and one at it as class 0', () => {
    const at: Scored[] = [{ probability: 0.5, label: 1 }];
    expect(confusion(at)).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect(confusion(at, 0.49)).toEqual([
      [0, 0],
      [0, 1],
    ]);
  });

  it('has a finite loss for any logit, equal to the cross-entropy of its probability', () => {
    fc.assert(
      fc.property(fc.double({ min: -30, max: 30, noNaN: true }), fc.constantFrom(0, 1), (logit, label) => {
        const p = sigmoid(logit);
        const direct = -(label === 1 ? Math.log(p) : Math.log(sigmoid(-logit)));
        expect(crossEntropyOfLogit(logit, label)).toBeCloseTo(direct, 9);
      }),
    );
    expect(crossEntropyOfLogit(1e6, 0)).toBe(1e6);
    expect(crossEntropyOfLogit(-1e6, 0)).toBe(0);
  });

  it('evaluates few pictures without dividing by zero', () => {
    const result = evaluate(
      [
        { probability: 0.2, label: 0 },
        { probability: 0.3, label: 0 },
      ],
      [Math.log(0.25), Math.log(0.3 / 0.7)],
    );
    expect(result).toMatchObject({
      count: 2,
      precision: null,
      recall: null,
      rocAuc: null,
      averagePrecision: null,
    });
    expect(result.accuracy.value).toBe(1);
    expect(result.accuracy.low).toBeCloseTo(0.3424, 3);
    expect(result.loss).toBeCloseTo(-(Math.log(0.8) + Math.log(0.7)) / 2, 9);
  });
});
