import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CalibratedSet } from '../../shared/reliability.ts';
import { done, QUICK, run, sampleFolder, start, temporaryFolder, type Event } from '../kit/cli.ts';

/** Likely label errors by the head itself, and labels that were checked. */

const folder = temporaryFolder();
const project = path.join(folder, 'sample.twofold');
const pictures = sampleFolder(40, path.join(folder, 'pictures'));
const picture = (name: string, index: number): string =>
  path.join(pictures, name, readdirSync(path.join(pictures, name)).sort()[index]!);
const flipped = [picture('flags', 3), picture('flags', 21), picture('smileys', 8)];

beforeAll(async () => {
  await done('import', pictures, '--project', project);
  await done('label', project, 'smileys', ...flipped.slice(0, 2));
  await done('label', project, 'flags', flipped[2]!);
  await done('index', project);
  await done('train', project, ...QUICK, '--cut', 'mixed3', '--no-augment', '--epochs', '6');
});

const suspects = (events: readonly Event[]): string[] =>
  events.filter(({ event }) => event === 'suspect').map((event) => String(event.path));
const store = path.join(project, 'cache', 'out-of-fold');
const folds = (): string[] =>
  readdirSync(store, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.json'));

describe('errors --head', () => {
  it('keeps complete folds when cancelled, and resumes from them', async () => {
    const cancelled = start(['errors', project, '--head', '--json'], ({ stage, fraction }) => {
      if (stage === 'training' && Number(fraction) > 0.45) cancelled.interrupt();
    });
    const { code, events } = await cancelled.finished;
    expect([code, events.at(-1)!.code]).toEqual([1, 'cancelled']);
    const before = folds();
    expect(before.length).toBeGreaterThan(0);
    expect(before.length).toBeLessThan(5);
    const first = path.join(store, before[0]!);
    const written = statSync(first).mtimeMs;

    const finished = await run('errors', project, '--head', '--json');
    expect(finished.code).toBe(0);
    expect(folds()).toHaveLength(5);
    expect(statSync(first).mtimeMs).toBe(written);
    const progress = finished.events.find(({ stage }) => stage === 'training')!;
    expect(progress).toMatchObject({
      total: 5 * 80 * Number((await done('runs', project, '--run', 'r1')).bestEpoch),
    });
    expect(finished.events.at(-1)).toMatchObject({ event: 'done', labelled: 80 });
  });

  it('lists labels that were flipped, with the most similar labelled pictures as the reason', async () => {
    const { events } = await run('errors', project, '--head', '--json', '--count', '5');
    const listed = suspects(events);
    const found = flipped.filter((file) => listed.includes(file));
    expect(found.length).toBeGreaterThanOrEqual(2);
    const total = Number(events.at(-1)!.suspects);
    expect(total).toBeLessThan(40);
    expect(listed).toHaveLength(Math.min(5, total));
    const [likeliest] = events.filter(({ event }) => event === 'suspect');
    const neighbours = likeliest!.neighbours as { path: string; label: string; similarity: number }[];
    expect(neighbours).toHaveLength(5);
    for (const one of neighbours) expect(['flags', 'smileys']).toContain(one.label);
    expect(neighbours.map((one) => one.path)).not.toContain(likeliest!.path);
    const confidences = events
      .filter(({ event }) => event === 'suspect')
      .map((one) => Number(one.probability));
    expect(confidences).toEqual(confidences.toSorted((a, b) => b - a));
  });

  it('is the same after a swap of the classes', async () => {
    const before = suspects((await run('errors', project, '--head', '--json')).events);
    await run('labels', project, '--swap');
    expect(suspects((await run('errors', project, '--head', '--json')).events)).toEqual(before);
    expect(folds()).toHaveLength(5);
    await run('labels', project, '--swap');
  });

  it('its logits fit the temperature of calibrate', async () => {
    const found = await done('calibrate', project);
    expect(found).toMatchObject({ fittedOn: 'out-of-fold', fittedPictures: 80 });
  });

  it('calibrate shows the calibration of these logits beside that of the validation set', async () => {
    const { sets, temperature } = (await done('calibrate', project)) as unknown as {
      sets: CalibratedSet[];
      temperature: number;
    };
    expect(sets.map(({ on }) => on)).toEqual(['out-of-fold', 'validation']);
    for (const { pictures, before, after } of sets) {
      expect(before.bins.reduce((sum, { count }) => sum + count, 0)).toBe(pictures);
      for (const { calibrationError } of [before, after!])
        expect(calibrationError.low).toBeLessThanOrEqual(calibrationError.value);
    }
    expect(sets[0]!.pictures).toBe(80);
    // The temperature has the lowest loss on the pictures that it was fitted on.
    expect(sets[0]!.after!.loss).toBeLessThan(sets[0]!.before.loss);
    const { stdout } = await run('calibrate', project);
    expect(stdout).toContain('calibration out of fold on 80 labelled pictures');
    expect(stdout).toMatch(/calibration on \d+ validation pictures/);
    expect(stdout).toContain(
      `Temperature ${temperature.toFixed(3)}, fitted on out-of-fold logits of 80 pictures`,
    );
  });
});

describe('calibrate --folds', () => {
  it('trains heads with new augmentations in every epoch where the run had them, which errors --head then uses', async () => {
    const augmented = path.join(folder, 'augmented.twofold');
    await done('import', pictures, '--project', augmented);
    await done('train', augmented, ...QUICK, '--epochs', '1', '--validation-fraction', '0.5');
    expect(await done('calibrate', augmented)).toMatchObject({ fittedOn: 'validation' });
    const { stdout, stderr } = await run('errors', augmented, '--head');
    expect(stdout + stderr).toContain('but without augmentation');
    // These heads are certain in another way, so a temperature is not fitted on them.
    expect(await done('calibrate', augmented)).toMatchObject({ fittedOn: 'validation' });

    const fitted = await done('calibrate', augmented, '--folds');
    expect(fitted).toMatchObject({ fittedOn: 'out-of-fold', fittedPictures: 80 });
    expect(await done('calibrate', augmented)).toMatchObject({ temperature: fitted.temperature });
    const again = await run('errors', augmented, '--head');
    expect(again.stdout).toContain('Heads of 5 folds, each trained like run r1 for 1 epoch.');
  });
});

describe('errors --keep', () => {
  it('removes a label from the list until it changes, as one undo step listed in its history', async () => {
    const [first, second] = suspects((await run('errors', project, '--json')).events);
    expect(await done('errors', project, '--keep', first!)).toMatchObject({ kept: 1 });
    const after = suspects((await run('errors', project, '--json')).events);
    expect(after[0]).toBe(second);
    expect(after).not.toContain(first);
    const { events } = await run('labels', project, '--history', first!, '--json');
    expect(events.filter(({ event }) => event === 'label').at(-1)).toMatchObject({ kept: true });
    await done('label', project, '--undo');
    expect(suspects((await run('errors', project, '--json')).events)).toContain(first);
    await done('label', project, '--redo');
    expect(suspects((await run('errors', project, '--json')).events)).not.toContain(first);
    expect((await run('errors', project, '--keep', '/nowhere.jpg')).code).toBe(1);
  });
});
