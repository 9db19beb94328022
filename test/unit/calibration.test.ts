import { describe, expect, it } from 'vitest';
import { swapClasses } from '../../main/library/labels/labels.ts';
import { forgetCalibration, setTemperature, setUnsure } from '../../main/library/runs/calibration.ts';
import { getRunPictures, saveRunPictures } from '../../main/library/runs/predictions.ts';
import { createRun, getRun, updateRun } from '../../main/library/runs/runs.ts';
import type { Db } from '../../main/library/database/sql.ts';
import { calibrated, exactLogit } from '../../shared/calibrated.ts';
import { sigmoid } from '../../shared/metrics.ts';
import { DEFAULT_RECIPE } from '../../shared/recipe.ts';
import {
  answerAt,
  answeredSentence,
  riskSchema,
  unsureGuarantee,
  type UnsureRule,
} from '../../shared/unsure.ts';
import { newProject } from '../kit/library.ts';
import { fillLibrary } from '../bench/library-rows.ts';

const GIVEN = [0, 1e-9, 0.2, 0.5, 0.93, 1 - 1e-12, 1];

async function runWith(probabilities: readonly number[]): Promise<{ db: Db; id: string }> {
  const project = newProject();
  const { db } = project;
  fillLibrary(project, probabilities.length);
  const { id } = createRun(db, { recipe: DEFAULT_RECIPE });
  updateRun(db, id, { status: 'done', bestEpoch: 1 });
  await saveRunPictures(
    db,
    id,
    probabilities.map((probability, index) => ({ id: index + 1, split: 'validation', probability })),
  );
  return { db, id };
}

const stored = (db: Db, id: string): number[] =>
  getRunPictures(db, id).map(({ probability }) => probability!);

describe('a temperature', () => {
  it('divides the logits of every stored probability, and is removed', async () => {
    const { db, id } = await runWith(GIVEN);
    setTemperature(db, id, 2.5);
    expect(getRun(db, id).temperature).toBe(2.5);
    stored(db, id).forEach((value, index) => {
      expect(value).toBeCloseTo(calibrated(GIVEN[index]!, 2.5), 12);
      if (index > 0 && index < GIVEN.length - 1) {
        expect(value).toBeCloseTo(sigmoid(exactLogit(GIVEN[index]!) / 2.5), 12);
      }
    });
    expect(stored(db, id)[3]).toBe(0.5);
    setTemperature(db, id, 0.4);
    forgetCalibration(db, id);
    stored(db, id).forEach((value, index) => expect(value).toBeCloseTo(GIVEN[index]!, 6));
    expect(getRun(db, id)).toMatchObject({ temperature: 1, unsure: null });
  });

  it('stays the same when the classes are swapped', async () => {
    const { db, id } = await runWith([0.2, 0.9]);
    swapClasses(db, 'cli');
    setTemperature(db, id, 3);
    stored(db, id).forEach((value, index) =>
      expect(value).toBeCloseTo(1 - calibrated([0.2, 0.9][index]!, 3), 12),
    );
  });
});

describe('a rule for unsure answers', () => {
  const rule: UnsureRule = {
    risk: 0.05,
    on: 'validation',
    pictures: 200,
    from: [0.9, null],
    answered: [80, 0],
    wrong: [1, 0],
  };

  it('says what it guarantees of each class, and that the validation set is not quite unseen', () => {
    const names = ['cats', 'dogs'] as const;
    const one = unsureGuarantee(names, rule);
    expect(one).toContain('Of the answers "cats" at most 5.0% are wrong, with 95% confidence, for pictures');
    expect(one).toContain('Nothing can be guaranteed for "dogs", so it is never answered.');
    expect(one).toContain('The validation set also decided which epoch was kept');
    expect(answeredSentence(rule)).toBe('It answers 40.0% of the 200 validation pictures.');
    const both = unsureGuarantee(names, { ...rule, on: 'test', from: [0.9, 0.8] });
    expect(both).toMatch(
      /^Of the answers of each class at most 5.0% are wrong, with 95% confidence for each class/,
    );
    expect(both).toMatch(
      /\(at least 90% for both together\), for pictures drawn like the 200 test pictures[^.]*\. .*chosen beforehand.*near-duplicates.*the test set was not used to choose this run/,
    );
  });

  it('is for an error rate in tenths of a percent, which texts do not round', () => {
    for (const risk of [0.001, 0.025, 0.05, 0.069, 0.2, 0.499])
      expect(riskSchema.safeParse(risk).success).toBe(true);
    for (const risk of [0, 0.0255, 0.05001, 0.5]) expect(riskSchema.safeParse(risk).success).toBe(false);
  });

  it('leaves pictures below the limit of their class, or of a class without a limit, unanswered', () => {
    const answers = [0.05, 0.1, 0.11, 0.5, 0.999].map((probability) => answerAt(probability, 0.7, rule));
    expect(answers).toEqual([0, 0, null, null, null]);
    expect([0.05, 0.6, 0.8].map((probability) => answerAt(probability, 0.7, null))).toEqual([0, 0, 1]);
  });

  it('keeps each picture’s answer through calibration and swaps, in whatever order they come', async () => {
    const probabilities = [0.03, 0.08, 0.15, 0.4, 0.8, 0.97];
    const { db, id } = await runWith(probabilities);
    const answers = (swapped: boolean): (0 | 1 | null)[] => {
      const { unsure } = getRun(db, id);
      return stored(db, id).map((probability) => {
        const answer = answerAt(probability, 0.5, unsure);
        return swapped && answer !== null ? (answer === 0 ? 1 : 0) : answer;
      });
    };
    setUnsure(db, id, { ...rule, from: [0.9, 0.95] });
    const expected = [0, 0, null, null, null, 1];
    expect(answers(false)).toEqual(expected);
    setTemperature(db, id, 4);
    expect(answers(false)).toEqual(expected);
    expect(getRun(db, id).unsure!.from[0]).toBeCloseTo(calibrated(0.9, 4), 10);
    swapClasses(db, 'cli');
    expect(answers(true)).toEqual(expected);
    expect(getRun(db, id).unsure).toMatchObject({ answered: [0, 80], wrong: [0, 1] });
    setUnsure(db, id, getRun(db, id).unsure);
    setTemperature(db, id, 0.5);
    swapClasses(db, 'cli');
    expect(answers(false)).toEqual(expected);
  });
});
