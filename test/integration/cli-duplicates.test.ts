import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { sharp } from '../../main/pictures/sharp.ts';
import { done, QUICK, run, SAMPLES, temporaryFolder, type Event } from '../kit/cli.ts';

const NAMES = ['flags', 'smileys'] as const;

/** Sample pictures as JPEG files, on white. */
async function samples(perClass: number): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for (const name of NAMES) {
    // Every fourth, so that no two show nearly the same.
    const files = readdirSync(path.join(SAMPLES, name))
      .sort()
      .filter((_, index) => index % 4 === 0);
    for (const file of files.slice(0, perClass)) {
      const jpeg = sharp(path.join(SAMPLES, name, file))
        .flatten({ background: '#fff' })
        .jpeg({ quality: 95 });
      found.set(`${name}-${path.parse(file).name}`, await jpeg.toBuffer());
    }
  }
  return found;
}

/** JPEG qualities of copies: 35, 41, … */
const atQuality = (jpeg: Buffer, step: number): Promise<Buffer> =>
  sharp(jpeg)
    .jpeg({ quality: 35 + 6 * step })
    .toBuffer();

const groupsOf = (events: readonly Event[]): string[][] => {
  const groups = new Map<unknown, string[]>();
  for (const { event, group, path: file } of events) {
    if (event !== 'duplicate') continue;
    groups.set(group, [...(groups.get(group) ?? []), path.basename(String(file))]);
  }
  return [...groups.values()].map((names) => names.sort()).sort();
};

describe('twofold duplicates', () => {
  it('groups copies of a picture, and nothing else; new ones are added to their group', async () => {
    const folder = temporaryFolder();
    const pictures = path.join(folder, 'pictures');
    mkdirSync(pictures);
    const originals = await samples(8);
    for (const [name, jpeg] of originals) writeFileSync(path.join(pictures, `${name}.jpg`), jpeg);
    const [first, second] = [...originals.keys()];
    const write = (name: string, content: Buffer): void => writeFileSync(path.join(pictures, name), content);
    const { width, height } = await sharp(originals.get(first!)!).metadata();
    write('a-q40.jpg', await sharp(originals.get(first!)!).jpeg({ quality: 40 }).toBuffer());
    write(
      'b-half.jpg',
      await sharp(originals.get(first!)!)
        .resize(Math.round(width / 2))
        .jpeg()
        .toBuffer(),
    );
    write('c-mirror.jpg', await sharp(originals.get(second!)!).flop().jpeg().toBuffer());
    const project = path.join(folder, 'p');
    await done('import', pictures, '--project', project);

    const { events } = await run('duplicates', project, '--json');
    expect(groupsOf(events)).toEqual([
      ['a-q40.jpg', 'b-half.jpg', `${first}.jpg`].sort(),
      ['c-mirror.jpg', `${second}.jpg`].sort(),
    ]);
    expect(events.at(-1)).toMatchObject({ event: 'done', groups: 2, pictures: 5, leaks: 0 });

    const crop = { left: 8, top: 8, width: width - 16, height: height - 16 };
    write('d-crop.jpg', await sharp(originals.get(second!)!).extract(crop).jpeg().toBuffer());
    await done('import', pictures, '--project', project);
    const csv = path.join(folder, 'groups.csv');
    expect(await done('duplicates', project, '--csv', csv)).toMatchObject({ groups: 2, pictures: 6 });
    expect(readFileSync(csv, 'utf8')).toMatch(/^group,path,label,set\n1,.*\n/);
  });

  it('reports groups in several sets, moves each to one as an undo step, and "train" and "split" report them too', async () => {
    const folder = temporaryFolder();
    const originals = [...(await samples(8))];
    for (const [index, [name, jpeg]] of originals.entries()) {
      const set = index % 4 === 0 ? 'validation' : 'train';
      const target = path.join(folder, 'pictures', set, name.split('-')[0]!);
      mkdirSync(target, { recursive: true });
      writeFileSync(path.join(target, `${name}.jpg`), jpeg);
    }
    const [name, jpeg] = originals[0]!;
    const twin = path.join(folder, 'pictures', 'train', 'flags', `${name}-copy.jpg`);
    writeFileSync(twin, await atQuality(jpeg, 0));
    const project = path.join(folder, 'p');
    await done('import', path.join(folder, 'pictures'), '--project', project);
    expect(await done('duplicates', project)).toMatchObject({ groups: 1, leaks: 1, moved: 0 });
    const trained = await run('train', project, ...QUICK, '--no-augment', '--epochs', '1');
    expect(trained.stderr).toContain('1 group of near-duplicates');
    expect(trained.stderr).toContain('duplicates');
    expect(await done('duplicates', project, '--repair')).toMatchObject({ leaks: 1, moved: 1 });
    expect(await done('duplicates', project)).toMatchObject({ leaks: 0 });
    expect(await done('label', project, '--undo')).toMatchObject({ moved: 1 });
    expect(await done('duplicates', project)).toMatchObject({ leaks: 1 });
    expect(await done('label', project, '--redo')).toMatchObject({ moved: 1 });
    expect(await done('duplicates', project)).toMatchObject({ leaks: 0 });
    const { stderr } = await run('split', project, 'test', twin);
    expect(stderr).toContain('1 group of near-duplicates are in more than one set');
  });
});

describe('validation of 20 pictures at 10 JPEG qualities, labelled at random', () => {
  it('is at chance level, since copies stay on one side; without grouping it measures memorisation', async () => {
    const folder = temporaryFolder();
    let index = 0;
    for (const [name, jpeg] of await samples(10)) {
      const target = path.join(folder, 'pictures', index++ % 2 === 0 ? 'heads' : 'tails');
      mkdirSync(target, { recursive: true });
      for (let step = 0; step < 10; step++) {
        writeFileSync(path.join(target, `${name}-${step}.jpg`), await atQuality(jpeg, step));
      }
    }
    const project = path.join(folder, 'p');
    await done('import', path.join(folder, 'pictures'), '--project', project);
    const quick = [
      ...QUICK.filter((flag) => flag !== '--no-group-duplicates'),
      '--no-augment',
      '--epochs',
      '10',
    ];
    const grouped = await done('train', project, ...quick);
    // 20% of each class, as without grouping.
    expect(grouped.counts).toEqual({ train: [80, 80], validation: [20, 20] });
    expect(Number(grouped.valAccuracy)).toBeLessThanOrEqual(0.75);
    const leaking = await done('train', project, ...quick, '--no-group-duplicates');
    expect(Number(leaking.valAccuracy)).toBeGreaterThan(0.95);
  });
});
