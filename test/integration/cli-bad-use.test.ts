import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, it } from 'vitest';
import { done, QUICK, run, sampleFolder, SAMPLES, temporaryFolder, UNSEEN } from '../kit/cli.ts';

const folder = temporaryFolder();
const project = path.join(folder, 'p.twofold');
const pictures = sampleFolder(6, path.join(folder, 'pictures'));
const sample = path.join(SAMPLES, 'flags', readdirSync(path.join(SAMPLES, 'flags'))[0]!);

beforeAll(async () => {
  await done('import', pictures, '--project', project);
});

/** A sentence for a person, the code for a program, and no trace of our code. */
async function refused(args: string[], exit: number, message: RegExp): Promise<void> {
  const { code, stdout, stderr } = await run(...args);
  expect([code, stderr + stdout]).toEqual([exit, expect.stringMatching(message)]);
  expect(stderr).not.toMatch(/\n\s+at /);
}

async function projectOf(target: string, files: Record<string, string[]>): Promise<string> {
  const from = path.join(temporaryFolder(), 'pictures');
  for (const [name, list] of Object.entries(files)) {
    mkdirSync(path.join(from, name), { recursive: true });
    for (const file of list) copyFileSync(file, path.join(from, name, path.basename(file)));
  }
  await done('import', from, '--project', target);
  return target;
}

describe('bad use', () => {
  it.each([
    ['no command', ['frobnicate'], /unknown command 'frobnicate'/],
    ['no command at all', [], /^Usage: twofold \[options\] \[command\]/],
    ['a group alone', ['weights'], /^Usage: twofold weights (?!.*outputHelp)/s],
    ['no project', ['train'], /missing required argument 'project'/],
    ['no number', ['train', project, '--epochs', 'x'], /Expected a number/],
    [
      'out of range',
      ['train', project, '--dropout', '2'],
      /--dropout: expected a number from 0 to 0.95, received 2/,
    ],
    ['unknown option', ['train', project, '--speed', '9'], /unknown option '--speed'/],
    ['nothing to import', ['import', '--project', project], /either a folder or --csv/],
    ['a label that is none', ['label', project, 'zebra', sample], /"zebra" is not a label.*flags.*smileys/],
    ['bad threshold', ['evaluate', project, '--threshold', '7'], /from 0 to 1, received 7/],
  ])('%s ends with 2', async (_, args, message) => {
    await refused(args, 2, message);
  });

  it.each([
    ['no such folder', ['import', path.join(folder, 'nowhere'), '--project', project], /nowhere/],
    ['no such project', ['train', path.join(folder, 'other')], /not a Twofold project/],
    ['unknown layer', ['train', project, '--cut', 'mixed77'], /no layer "mixed77".*mixed7/],
    [
      'size too small',
      ['train', project, '--size', '60'],
      /--size: expected a whole number from 75 to 1,024, received 60/,
    ],
    ['unknown weights', ['train', project, '--weights', 'mine'], /no weights named "mine"/],
    ['no run', ['evaluate', project], /no trained run yet/],
    ['no model', ['predict', folder, sample], /no trained model/],
    ['a picture not imported', ['label', project, 'smileys', sample], /not in this project/],
    ['weights that are no HDF5', ['weights', 'import', sample, '--name', 'x'], /\.png/],
  ])('%s ends with 1', async (_, args, message) => {
    await refused(args, 1, message);
  });

  it('creates no project for a missing folder', async () => {
    const target = path.join(folder, 'typo.twofold');
    await refused(['import', path.join(folder, 'nowhere'), '--project', target], 1, /nowhere/);
    expect(existsSync(target)).toBe(false);
  });

  it('says why it can’t train on the labels', async () => {
    const flags = readdirSync(path.join(SAMPLES, 'flags'))
      .slice(0, 3)
      .map((name) => path.join(SAMPLES, 'flags', name));
    const smileys = path.join(SAMPLES, 'smileys', readdirSync(path.join(SAMPLES, 'smileys'))[0]!);
    const plain = await projectOf(path.join(folder, 'plain.twofold'), { all: flags });
    await refused(['train', plain], 1, /No picture is labelled yet/);
    await done('label', plain, '0', ...(JSON.parse(await paths(plain)) as string[]));
    await refused(['train', plain], 1, /All 3 labelled pictures are/);
    const few = await projectOf(path.join(folder, 'few.twofold'), { flags, smileys: [smileys] });
    await refused(['train', few], 1, /"smileys" has 1 picture/);
    expect((await run('runs', few)).stdout).toMatch(/No runs yet/);
  });

  it('skips bad pictures with the reason, and imports the others', async () => {
    const bad = path.join(temporaryFolder(), 'bad');
    mkdirSync(bad);
    const good = readFileSync(sample);
    writeFileSync(path.join(bad, 'empty.jpg'), '');
    writeFileSync(path.join(bad, 'text.jpg'), 'I am no picture');
    writeFileSync(path.join(bad, 'cut.png'), good.subarray(0, good.length / 2));
    writeFileSync(path.join(bad, 'heic.heic'), Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1'));
    writeFileSync(path.join(bad, 'really-png.jpg'), good);
    writeFileSync(
      path.join(bad, `${'ж'.repeat(120)}.png`),
      readFileSync(path.join(SAMPLES, 'smileys', readdirSync(path.join(SAMPLES, 'smileys'))[1]!)),
    );
    mkdirSync(path.join(bad, 'folder.jpg'));
    symlinkSync(bad, path.join(bad, 'loop'));
    const { events } = await run('import', bad, '--project', path.join(folder, 'bad.twofold'), '--json');
    expect(events.at(-1)).toMatchObject({ event: 'done', added: 2, leftOut: 4 });
    const reasons = Object.fromEntries(
      events
        .filter(({ event }) => event === 'left-out')
        .map((item) => [path.basename(item.path as string), item.message]),
    );
    expect(reasons['empty.jpg']).toMatch(/empty|no bytes|0 bytes/i);
    expect(reasons['text.jpg']).toMatch(/text/);
    expect(reasons['cut.png']).toMatch(/truncated|ends|damaged|incomplete/i);
    expect(reasons['heic.heic']).toMatch(/HEIC/);
  });

  it('notices pictures deleted or changed since import, and trains on the others', async () => {
    const own = path.join(temporaryFolder(), 'own');
    const target = path.join(folder, 'changing.twofold');
    await done('import', sampleFolder(6, own), '--project', target);
    const [first, second] = readdirSync(path.join(own, 'smileys')).map((name) =>
      path.join(own, 'smileys', name),
    );
    rmSync(first!);
    copyFileSync(path.join(UNSEEN, 'nerd-face.png'), second!);
    const { code, events } = await run('train', target, ...QUICK, '--epochs', '1', '--json');
    expect(code).toBe(0);
    expect(events.find(({ event }) => event === 'problems')).toMatchObject({ missing: 1, changed: 1 });
    const { counts } = events.at(-1) as unknown as { counts: { train: number[]; validation: number[] } };
    expect(counts.train[1]! + counts.validation[1]!).toBe(4);
    rmSync(own, { recursive: true });
    await refused(
      ['train', target, ...QUICK],
      1,
      /All 12 labelled files outside the test set are missing or have changed\. .*twofold locate/,
    );
  });

  it('refuses a database that is damaged or newer, and says what to do', async () => {
    const damaged = await copyOfProject('damaged');
    truncateSync(path.join(damaged, 'library.db'), 5000);
    await refused(['labels', damaged], 1, /damaged/);
    const newer = await copyOfProject('newer');
    const db = new Database(path.join(newer, 'library.db'));
    db.pragma('user_version = 999');
    db.close();
    await refused(['labels', newer], 1, /newer/);
  });
});

async function copyOfProject(name: string): Promise<string> {
  const target = path.join(folder, `${name}.twofold`);
  await done('import', pictures, '--project', target);
  return target;
}

async function paths(target: string): Promise<string> {
  const db = new Database(path.join(target, 'library.db'), { readonly: true });
  const rows = db
    .prepare(
      `SELECT d.path || '/' || p.name AS path FROM pictures p JOIN directories d ON d.id = p.directory_id`,
    )
    .all();
  db.close();
  return Promise.resolve(JSON.stringify((rows as { path: string }[]).map((row) => row.path)));
}
