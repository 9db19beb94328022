import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { sharp } from '../../main/pictures/sharp.ts';
import { done, run, SAMPLES, temporaryFolder } from '../kit/cli.ts';

/** Light smileys and dark flags, with one picture for each check. */
async function pictures(folder: string, count = 12): Promise<void> {
  for (const [name, background] of [
    ['flags', '#333'],
    ['smileys', '#ddd'],
  ] as const) {
    mkdirSync(path.join(folder, name), { recursive: true });
    for (const file of readdirSync(path.join(SAMPLES, name)).sort().slice(0, count)) {
      await sharp(path.join(SAMPLES, name, file))
        .flatten({ background })
        .linear(name === 'flags' ? 0.6 : 1, 0)
        .png()
        .toFile(path.join(folder, name, file));
    }
  }
  const sample = (): ReturnType<typeof sharp> =>
    sharp(path.join(SAMPLES, 'flags', readdirSync(path.join(SAMPLES, 'flags')).sort()[20]!)).flatten({
      background: '#8a7',
    });
  const plain = Buffer.alloc(100 * 100 * 3, 120);
  const put = (name: string): string => path.join(folder, 'flags', name);
  await sharp(plain, { raw: { width: 100, height: 100, channels: 3 } })
    .png()
    .toFile(put('odd-plain.png'));
  await sample().linear(0.05, 0).png().toFile(put('odd-dark.png'));
  await sample().linear(0.1, 240).png().toFile(put('odd-bright.png'));
  await sample().blur(9).png().toFile(put('odd-blurred.png'));
  await sample().resize(60, 60).png().toFile(put('odd-small.png'));
  await sample().resize(400, 100, { fit: 'fill' }).png().toFile(put('odd-shape.png'));
}

it('"check" lists unusual pictures by kind, measures only what is new, and names a property that goes with a class', async () => {
  const folder = temporaryFolder();
  await pictures(path.join(folder, 'pictures'));
  const project = path.join(folder, 'p');
  await done('import', path.join(folder, 'pictures'), '--project', project);
  const { code, events } = await run('check', project, '--json');
  expect(code).toBe(0);
  const found = new Map(
    events
      .filter(({ event }) => event === 'check')
      .map(({ path: file, checks }) => [path.basename(String(file)), checks as string[]]),
  );
  for (const kind of ['plain', 'dark', 'bright', 'blurred', 'small', 'shape']) {
    expect(found.get(`odd-${kind}.png`), kind).toContain(kind);
  }
  expect([...found.keys()].filter((name) => !name.startsWith('odd-'))).toEqual([]);
  expect(events.at(-1)).toMatchObject({
    event: 'done',
    pictures: 6,
    counts: { small: 1, shape: 1, edge: 0 },
  });
  const brightness = events.find((one) => one.event === 'property' && one.property === 'brightness');
  expect(brightness).toMatchObject({ class: 'smileys', pictures: 30, notable: true });

  const csv = path.join(folder, 'unusual.csv');
  const { stdout, stderr } = await run('check', project, '--csv', csv);
  expect(stdout).toContain('"smileys" is brighter: ROC AUC ');
  expect(stderr).not.toContain('measuring');
  expect(readFileSync(csv, 'utf8').split('\n')[0]).toBe('path,checks');
});

it('"check" does not warn of a property that separates a handful of pictures, as chance does', async () => {
  const folder = temporaryFolder();
  await pictures(path.join(folder, 'pictures'), 3);
  const project = path.join(folder, 'p');
  await done('import', path.join(folder, 'pictures'), '--project', project);
  const { events } = await run('check', project, '--json');
  const found = events.filter(({ event }) => event === 'property');
  expect(found.some(({ auc }) => (auc as { low: number }).low > 0.6)).toBe(true);
  expect(found.map(({ notable }) => notable)).toEqual(found.map(() => false));
});
