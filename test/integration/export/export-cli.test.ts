import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ModelCard } from '../../../main/export/card/card.ts';
import { EXPORT_FORMATS, type ExportedFormat } from '../../../shared/contract/export.ts';
import { exportModel } from '../../../main/engine/export/model-export.ts';
import { createExportFolder } from '../../../main/files/atomic-folder.ts';
import { spawnNodeProcess } from '../../../main/jobs/child.ts';
import { RunFolder } from '../../../main/training/run-folder.ts';
import { done, QUICK, run, sampleFolder, start, temporaryFolder } from '../../kit/cli.ts';

/** A run trained through the command line, exported through the command line. */
describe('twofold export', () => {
  const folder = temporaryFolder();
  const project = path.join(folder, 'project');
  const pictures = sampleFolder(20);
  const out = (name: string): string => path.join(folder, 'out', name);
  const card = (name: string): ModelCard =>
    JSON.parse(readFileSync(path.join(out(name), 'card.json'), 'utf8')) as ModelCard;

  beforeAll(async () => {
    await done('import', pictures, '--project', project);
    await done('train', project, ...QUICK, '--epochs', '2', '--no-augment');
    mkdirSync(path.join(folder, 'out'));
  });

  test('all: every format is written, checked and described', async () => {
    const { code, events } = await run('export', project, '--format', 'all', '--out', out('all'), '--json');
    expect(code).toBe(0);
    const exported = events.filter(({ event }) => event === 'exported') as unknown as ExportedFormat[];
    expect(exported.map(({ format }) => format)).toEqual(EXPORT_FORMATS);
    expect(events.at(-1)).toMatchObject({ event: 'done', folder: out('all'), run: 'r1' });
    const begun = events.filter(({ event }) => event === 'format').map(({ format }) => format);
    expect(begun).toEqual(EXPORT_FORMATS);
    const progress = events.find(({ event }) => event === 'progress')!;
    expect(Object.keys(progress)).toEqual([
      'event',
      'stage',
      'fraction',
      'done',
      'total',
      'perSecond',
      'leftMs',
    ]);
    expect(readdirSync(out('')).sort()).toEqual(['all']);

    for (const format of ['tfjs', 'keras', 'savedmodel', 'onnx'] as const) {
      const { metrics, data, classes, training, files, input, ...rest } = card(`all/${format}`);
      const check = rest.check!;
      expect(rest.unchecked).toBeNull();
      expect(check.unavailable).toBe(0);
      expect(check.pictures).toBe(40);
      expect(check.maxDifference).toBeLessThan(1e-5);
      expect(check.sameClass).toBe(40);
      expect(check.accuracy).toMatchObject({ pictures: 8, app: metrics!.accuracy.value });
      expect(exported.find((each) => each.format === format)!.check).toEqual(check);
      expect(classes).toEqual(['flags', 'smileys']);
      expect(data).toEqual({ train: [16, 16], validation: [4, 4] });
      expect(training).toMatchObject({ run: 'r1', epochs: 2, recipe: { cut: 'mixed0', size: 75 } });
      expect(input).toMatchObject({ size: 75, resize: 'bilinear', shape: [null, 75, 75, 3] });
      const readme = readFileSync(path.join(out(`all/${format}`), 'README.md'), 'utf8');
      for (const { name } of files) {
        expect(existsSync(path.join(out(`all/${format}`), name))).toBe(true);
        expect(readme).toContain(name);
      }
      expect(readme).toContain('8 of which could be read');
    }
    const labels = parse<{ path: string; split: string }>(
      readFileSync(path.join(out('all/labels'), 'labels.csv')),
      { columns: true },
    );
    expect(labels).toHaveLength(40);
    expect(Object.keys(labels[0]!)).toEqual(['path', 'sha256', 'label', 'split', 'when', 'source']);
    // No split was set by hand, so it is the run's, as in the class folders.
    const listed = parse<{ path: string; split: string }>(
      readFileSync(path.join(out('all/folders'), 'folders.csv')),
      { columns: true },
    );
    const splits = (rows: { path: string; split: string }[]): string[] =>
      rows.map((row) => `${row.path} ${row.split}`).sort();
    expect(splits(labels)).toEqual(splits(listed));
    const count = (place: string): number => readdirSync(path.join(out('all/folders'), place)).length;
    expect(['train/flags', 'train/smileys', 'validation/flags', 'validation/smileys'].map(count)).toEqual([
      16, 16, 4, 4,
    ]);
    expect(readFileSync(path.join(out('all/script'), 'train.py'), 'utf8')).toContain('LEARNING_RATE = 0.001');
  });

  test('an existing folder is refused, or replaced with --force; quantised exports state their difference', async () => {
    const args = ['export', project, '--format', 'tfjs', '--out', out('web')];
    mkdirSync(out('web'));
    writeFileSync(path.join(out('web'), 'mine.txt'), 'mine');
    for (const more of [[], ['--force']]) {
      const refused = await run(...args, ...more, '--json');
      expect(refused.code).toBe(1);
      expect(refused.events.at(-1)).toMatchObject({ event: 'error', code: 'exists' });
      expect(readdirSync(out('web'))).toEqual(['mine.txt']);
    }
    rmSync(out('web'), { recursive: true });
    await done(...args);
    expect(card('web').bits).toBe(32);
    const { code, stdout, stderr } = await run(...args, '--force', '--quantize', '8');
    expect(code).toBe(0);
    expect(stderr).toMatch(/^TensorFlow\.js: writing [^]*^TensorFlow\.js: checking 40\/40/m);
    expect(stdout).toMatch(
      /largest difference \d\.\de-\d, mean .*\n\s*Accuracy on 8 validation pictures: [\d.]+%, the app/,
    );
    expect(card('web')).toMatchObject({ bits: 8, check: { tolerance: null } });
    expect(readdirSync(out('')).filter((name) => name.includes('web'))).toEqual(['web']);
  });

  test('class folders name the run’s pictures that are missing or have changed since', async () => {
    const away = path.join(folder, 'away');
    const [missing, changed] = readdirSync(path.join(pictures, 'smileys')).map((name) =>
      path.join(pictures, 'smileys', name),
    );
    renameSync(missing!, away);
    const content = readFileSync(changed!);
    writeFileSync(changed!, Buffer.concat([content, Buffer.from('more')]));
    try {
      const args = ['export', project, '--format', 'folders', '--out', out('some'), '--json'];
      const { events } = await run(...args);
      const { leftOut } = events.find(({ event }) => event === 'exported') as unknown as ExportedFormat;
      expect(leftOut.map(({ path: left, code }) => [left, code]).sort()).toEqual(
        [
          [missing, 'not-found'],
          [changed, 'changed'],
        ].sort(),
      );
      expect(readFileSync(path.join(out('some'), 'README.md'), 'utf8')).toContain('2 more could not be read');
    } finally {
      renameSync(away, missing!);
      writeFileSync(changed!, content);
    }
  });

  test('a run with missing pictures is verified with the others, and the number of missing ones is stated', async () => {
    const away = path.join(folder, 'away');
    mkdirSync(away);
    const gone = readdirSync(path.join(pictures, 'smileys')).slice(0, 3);
    for (const name of gone) renameSync(path.join(pictures, 'smileys', name), path.join(away, name));
    const damaged = path.join(pictures, 'flags', readdirSync(path.join(pictures, 'flags'))[0]!);
    const content = readFileSync(damaged);
    writeFileSync(damaged, 'no picture');
    try {
      const { code, stdout } = await run('export', project, '--format', 'keras', '--out', out('some left'));
      expect(code).toBe(0);
      expect(stdout).toContain('Not compared: 4 pictures of the run, now missing, changed');
      expect(card('some left')).toMatchObject({ check: { pictures: 36, unavailable: 4 }, unchecked: null });
      const readme = readFileSync(path.join(out('some left'), 'README.md'), 'utf8');
      expect(readme).toContain('on 36 pictures of the project');
      expect(readme).toContain('4 more pictures of the run could not be used');
    } finally {
      for (const name of gone) renameSync(path.join(away, name), path.join(pictures, 'smileys', name));
      writeFileSync(damaged, content);
    }
  });

  test('a run without available pictures is exported unchecked, which is stated everywhere', async () => {
    const away = path.join(folder, 'all away');
    renameSync(pictures, away);
    try {
      const { code, events } = await run(
        'export',
        project,
        '--format',
        'all',
        '--out',
        out('gone'),
        '--json',
      );
      expect(code).toBe(0);
      const exported = events.filter(({ event }) => event === 'exported') as unknown as ExportedFormat[];
      expect(exported.map(({ format }) => format)).toEqual(EXPORT_FORMATS);
      const why = expect.stringMatching(/^None of the 40 pictures .* is available/) as string;
      for (const format of ['tfjs', 'keras', 'savedmodel', 'onnx'] as const) {
        expect(exported.find((each) => each.format === format)).toMatchObject({
          check: null,
          unchecked: why,
        });
        expect(card(`gone/${format}`)).toMatchObject({ check: null, unchecked: why });
        expect(readFileSync(path.join(out(`gone/${format}`), 'README.md'), 'utf8')).toContain(
          '**Not checked.** None of the 40 pictures',
        );
      }
      expect(exported.find(({ format }) => format === 'folders')!.leftOut).toHaveLength(40);
      expect(readFileSync(path.join(out('gone'), 'README.md'), 'utf8')).toContain('| not checked |');
      const one = await run('export', project, '--format', 'onnx', '--out', out('gone onnx'));
      expect([one.code, one.stdout]).toEqual([0, expect.stringContaining('Not checked. None of the 40')]);
      const folders = await run('export', project, '--format', 'folders', '--out', out('gone folders'));
      expect([folders.code, folders.stderr]).toEqual([1, expect.stringContaining('None of the pictures')]);
    } finally {
      renameSync(away, pictures);
    }
  });

  test.runIf(process.platform === 'linux')(
    'an export whose verification crashes is kept, and states that it is unchecked and why',
    async () => {
      const children = (pid: number): string[] =>
        readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean);
      let watching: NodeJS.Timeout | undefined;
      const running = start(
        ['export', project, '--format', 'onnx', '--out', out('died'), '--json'],
        ({ event, stage }) => {
          if (event !== 'progress' || stage !== 'writing' || watching) return;
          const pid = running.child.pid!;
          const before = new Set(children(pid));
          watching = setInterval(() => {
            for (const child of children(pid)) if (!before.has(child)) process.kill(Number(child), 'SIGSEGV');
          }, 20);
        },
      );
      const { code, events } = await running.finished;
      clearInterval(watching);
      expect(code).toBe(0);
      const why = expect.stringMatching(/^The process that checks the export ended .*SIGSEGV/) as string;
      expect(events.find(({ event }) => event === 'exported')).toMatchObject({ check: null, unchecked: why });
      expect(card('died')).toMatchObject({ check: null, unchecked: why });
      expect(existsSync(path.join(out('died'), 'model.onnx'))).toBe(true);
    },
  );

  test('bad use gives a sentence and exit code 2 or 1', async () => {
    const wrong = await run('export', project, '--format', 'onnx', '--quantize', '8', '--out', out('bad'));
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('--quantize');
    expect((await run('export', project, '--format', 'coreml', '--out', out('bad'))).code).toBe(2);
    expect((await run('export', project, '--format', 'onnx')).code).toBe(2);
    const noRun = await run('export', project, '--format', 'onnx', '--run', 'r9', '--out', out('bad'));
    expect(noRun.code).toBe(1);
    expect(existsSync(out('bad'))).toBe(false);
  });

  test('Ctrl-C leaves nothing', async () => {
    const place = path.join(folder, 'cancelled');
    mkdirSync(place);
    const target = path.join(place, 'all');
    const running = start(
      ['export', project, '--format', 'all', '--out', target, '--json'],
      ({ event, stage }) => {
        if (event === 'progress' && stage === 'writing') running.interrupt();
      },
    );
    const { code, events } = await running.finished;
    expect(code).toBe(1);
    expect(events.at(-1)).toMatchObject({ event: 'error', code: 'cancelled' });
    expect(readdirSync(place)).toEqual([]);
  });

  test('a full disk leaves nothing', async (context) => {
    const place = path.join(folder, 'full');
    mkdirSync(place);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', place], { stdio: 'pipe' });
    } catch {
      context.skip('Mounting a small disk needs root on Linux.');
    }
    try {
      const args = ['export', project, '--format', 'keras', '--out', path.join(place, 'keras')];
      const { code, events } = await run(...args, '--json');
      expect(code).toBe(1);
      expect(events.at(-1)).toMatchObject({ event: 'error', code: 'disk-full' });
      expect(readdirSync(place)).toEqual([]);
    } finally {
      execFileSync('umount', ['-l', place]);
    }
  });

  test('an export with different predictions is refused and removed', async () => {
    const runDir = path.join(`${project}.twofold`, 'runs', 'r1');
    const labels = parse<{ path: string; sha256: string }>(
      readFileSync(path.join(out('all/labels'), 'labels.csv')),
      { columns: true },
    );
    const pictures = labels.slice(0, 3).map((row) => ({ ...row, label: 0 as const, split: null }));
    const source = {
      runDir,
      run: await new RunFolder(runDir).read(),
      runId: 'r1',
      test: null,
      intervals: { validation: null, test: null },
      accuracies: [],
      threshold: 0.5,
      pictures,
      unavailable: 0,
      // What another model would have said.
      answers: [0.1, 0.2, 0.3],
    };
    const result = createExportFolder(out('other'), { force: false }, (temporary) =>
      exportModel(source, { format: 'onnx', bits: 32, folder: temporary }, { spawn: spawnNodeProcess }),
    );
    await expect(result).rejects.toMatchObject({
      code: 'corrupt',
      message: expect.stringContaining('predictions differ from the app’s') as string,
    });
    expect(existsSync(out('other'))).toBe(false);
  });
});
