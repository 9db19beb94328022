import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, extname, join } from 'node:path';
import { promisify } from 'node:util';
import { _electron } from 'playwright-core';
import { beforeAll, describe, expect, test } from 'vitest';
import { exportModel } from '../../../main/engine/export/model-export.ts';
import { PREPROCESS_JS } from '../../../main/export/samples/javascript.ts';
import { PREPROCESS_PY } from '../../../main/export/samples/python.ts';
import { decodePicture } from '../../../main/pictures/decode.ts';
import { preparePixels } from '../../../main/pictures/prepare.ts';
import { spawnNodeProcess } from '../../../main/jobs/child.ts';
import type { ModelFormat } from '../../../shared/jobs/export.ts';
import type { Recipe } from '../../../shared/recipe.ts';
import { startDisplay } from '../../kit/window/display.ts';
import { makeRun } from '../../kit/handmade-run.ts';
import {
  engineAnswers,
  here,
  ODD_PICTURES,
  pixelsOf,
  python,
  ROOT,
  samplePictures,
  SMALL,
  temporaryFolder,
} from '../../kit/export-support.ts';

/** What every version of Pillow reads: neither HEIC nor AVIF. */
const oddPictures = readdirSync(ODD_PICTURES)
  .filter((name) => /\.(?:bmp|gif|jpe?g|png|tiff?|webp)$/.test(name))
  .map((name) => join(ODD_PICTURES, name));
/** What a browser decodes with no freedom: JPEG and PNG in sRGB. */
const PHOTOGRAPHS = ['jpeg-exif-6.jpg', 'jpeg-420.jpg', 'png-rgb.png'].map((name) =>
  join(ODD_PICTURES, name),
);

/** Pictures of every kind that decoders read differently. */
const SPECIAL = temporaryFolder();
execFileSync('/usr/bin/python3', [here('make_pictures.py'), SPECIAL]);
const specialPictures = readdirSync(SPECIAL).map((name) => join(SPECIAL, name));
/** Differences of a probability above this are named in the export's README. */
const UNSTATED = 1e-3;
/** What the README says may differ. */
const STATED = {
  python: ['16-bit-alpha.png', 'cmyk-profile.jpg'],
  node: [] as string[],
  browser: ['16-bit-alpha.png', 'cmyk-profile.jpg', 'grey-alpha.png'],
};

/** What sharp reads. */
const NODE_PICTURES = oddPictures.filter((path) => extname(path) !== '.bmp');

describe('the same preprocessing everywhere', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'preprocess.py'), PREPROCESS_PY);
  writeFileSync(join(folder, 'preprocess.mjs'), PREPROCESS_JS);
  const sizes = [
    [75, 'bilinear'],
    [150, 'bilinear'],
    [150, 'nearest'],
  ] as [number, Recipe['resize']][];

  test.each(sizes)('preprocess.py gives the app’s pixels, at %i, %s', async (size, resize) => {
    const script = here('preprocess_pillow.py');
    const answer = await python(script, folder, String(size), resize, ...oddPictures);
    const answers = JSON.parse(answer) as string[];
    for (const [index, path] of oddPictures.entries()) {
      const expected = await preparePixels(path, { size, resize });
      const pixels = Buffer.from(answers[index]!, 'hex');
      const worst = expected.reduce((max, value, i) => Math.max(max, Math.abs(value - pixels[i]!)), 0);
      expect({ path, worst }).toEqual({ path, worst: 0 });
    }
  });

  test.each(sizes)('preprocess.js gives the app’s pixels, at %i, %s', async (size, resize) => {
    const { toInput } = (await import(join(folder, 'preprocess.mjs'))) as {
      toInput: (
        pixels: Uint8Array,
        width: number,
        height: number,
        channels: number,
        input: object,
      ) => Float32Array;
    };
    for (const path of oddPictures) {
      const { data, width, height } = await decodePicture(readFileSync(path));
      const expected = await preparePixels(path, { size, resize });
      const input = toInput(data, width, height, 3, { size, resize });
      expect({ path, same: input.every((value, i) => value === Math.fround(expected[i]! / 255)) }).toEqual({
        path,
        same: true,
      });
    }
  });
});

describe('samples', () => {
  const folder = temporaryFolder();
  let expected: Map<string, number>;

  beforeAll(async () => {
    const runDir = join(folder, 'run');
    const run = await (await makeRun(runDir, SMALL, ['cats & dogs', 'Äpfel'])).read();
    const asked = [...NODE_PICTURES, ...specialPictures];
    const pixels = await pixelsOf(asked, run.recipe);
    const engine = await engineAnswers(runDir, pixels, asked.length);
    expected = new Map(asked.map((path, index) => [path, engine[index]!]));
    expect(new Set(engine).size).toBeGreaterThan(NODE_PICTURES.length / 2);
    const checked = samplePictures(1);
    const pictures = checked.map((path) => ({ path, sha256: path, label: 0 as const, split: null }));
    const answers = [...(await engineAnswers(runDir, await pixelsOf(checked, run.recipe), checked.length))];
    const source = {
      runDir,
      run,
      runId: 'r1',
      test: null,
      intervals: { validation: null, test: null },
      accuracies: [],
      threshold: 0.4,
      pictures,
      unavailable: 0,
      answers,
    };
    for (const format of ['tfjs', 'onnx'] as const) {
      const target = join(folder, format);
      mkdirSync(target);
      await exportModel(source, { format, bits: 32, folder: target }, { spawn: spawnNodeProcess });
      // What `npm install` would do.
      symlinkSync(join(ROOT, 'node_modules'), join(target, 'node_modules'));
    }
  });

  const className = (probability: number): string => (probability > 0.4 ? 'Äpfel' : 'cats & dogs');

  test.each(['tfjs', 'onnx'] satisfies ModelFormat[])('%s: predict.js in Node', async (format) => {
    const { stdout } = await promisify(execFile)(process.execPath, ['predict.js', ...NODE_PICTURES], {
      cwd: join(folder, format),
      env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' },
    });
    const lines = stdout.trim().split('\n').slice(-NODE_PICTURES.length);
    const answers = lines.map((line) => line.split('\t'));
    expect(answers.map(([path]) => path)).toEqual(NODE_PICTURES);
    for (const [path, name, probability] of answers) {
      expect({ path, name }).toEqual({ path, name: className(expected.get(path!)!) });
      expect({ path, isSame: Math.abs(Number(probability) - expected.get(path!)!) < 1e-5 }).toEqual({
        path,
        isSame: true,
      });
    }
  });

  /** Names of pictures whose probability differs from the app's by more than need not be stated. */
  const differing = (answers: [string, number][]): string[] =>
    answers
      .filter(([path, probability]) => !(Math.abs(probability - expected.get(path)!) <= UNSTATED))
      .map(([path]) => basename(path));

  test.each(['tfjs', 'onnx'] satisfies ModelFormat[])(
    '%s: Node reads every format like the app, with the stated exceptions',
    async (format) => {
      const { code, stdout } = await predictInNode(join(folder, format), specialPictures);
      const answers = stdout
        .trim()
        .split('\n')
        .slice(-specialPictures.length)
        .map((line): [string, number] => {
          const [path, , probability] = line.split('\t');
          return [path!, Number(probability)];
        });
      expect(code).toBe(0);
      expect(answers.map(([path]) => path)).toEqual(specialPictures);
      expect(STATED.node).toEqual(expect.arrayContaining(differing(answers)));
    },
  );

  test('Python reads every format like the app, with the stated exceptions', async () => {
    const script = here('preprocess_pillow.py');
    const read = await python(
      script,
      join(folder, 'onnx'),
      String(SMALL.size),
      'bilinear',
      ...specialPictures,
    );
    const pixels = (JSON.parse(read) as string[]).flatMap((hex) => [...Buffer.from(hex, 'hex')]);
    const given = Float32Array.from(pixels, (value) => value / 255);
    const engine = await engineAnswers(join(folder, 'run'), given, specialPictures.length);
    const answers = specialPictures.map((path, index): [string, number] => [path, engine[index]!]);
    expect(STATED.python).toEqual(expect.arrayContaining(differing(answers)));
  });

  test('a picture that can’t be read is reported, the others are predicted, and it is a failure', async () => {
    const broken = join(folder, 'broken.jpg');
    writeFileSync(broken, 'no picture');
    const files = [specialPictures[0]!, broken, join(folder, 'missing.png'), specialPictures[1]!];
    for (const format of ['tfjs', 'onnx'] as const) {
      const { code, stdout, stderr } = await predictInNode(join(folder, format), files);
      expect([code, stdout.match(/\t/g)]).toEqual([1, ['\t', '\t', '\t', '\t']]);
      expect(stderr).toMatch(
        /broken\.jpg: this picture can't be read[^]*missing\.png: this picture can't be read/,
      );
    }
    const script =
      'import sys; sys.path.insert(0, sys.argv[1]); from preprocess import classify; ' +
      "card = {'input': {'size': 75, 'resize': 'bilinear', 'bits16': 16}, 'classes': ['a', 'b'], 'threshold': 0.5, 'rule': '', 'unsure': None}; " +
      'sys.exit(classify(sys.argv[2:], card, lambda pictures: float(pictures.mean())))';
    const { status, stdout, stderr } = spawnSync(
      '/usr/bin/python3',
      ['-c', script, join(folder, 'onnx'), ...files],
      {
        encoding: 'utf8',
      },
    );
    expect([status, stdout.match(/\t/g)]).toEqual([1, ['\t', '\t', '\t', '\t']]);
    expect(stderr).toMatch(
      /broken\.jpg: this picture can't be read[^]*missing\.png: this picture can't be read/,
    );
    expect(stderr).not.toContain('Traceback');
  });

  test('possible differences are stated in the README', () => {
    const readme = readFileSync(join(folder, 'tfjs', 'README.md'), 'utf8');
    expect(readme).toContain('colour profiles other than sRGB');
    expect(readme).toContain('16 bits with transparency');
    expect(readme).toMatch(/browser[^]*CMYK[^]*16 bits and transparency/);
  });

  test('tfjs: the page in Chromium', async () => {
    const { server, address } = await serve(join(folder, 'tfjs'));
    const main = join(folder, 'main.cjs');
    writeFileSync(
      main,
      `const { app, BrowserWindow } = require('electron');
       app.whenReady().then(() => new BrowserWindow().loadURL(${JSON.stringify(address)}));`,
    );
    const { ELECTRON_RUN_AS_NODE: _, ...environment } = process.env;
    const browser = await _electron.launch({
      args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), main],
      env: { ...(environment as Record<string, string>), DISPLAY: await startDisplay() },
    });
    try {
      const page = await browser.firstWindow();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      const answer = page.locator('#answer');
      await page.waitForFunction("document.getElementById('answer').value === 'Ready.'");
      const answers: [string, number][] = [];
      for (const path of [...PHOTOGRAPHS, ...specialPictures]) {
        await page.evaluate("document.getElementById('answer').value = ''");
        await page.locator('#file').setInputFiles(path);
        await page.waitForFunction("/probability/.test(document.getElementById('answer').value)");
        const text = await answer.innerText();
        const match = /^(.*) \(probability of Äpfel: ([\d.]+)\)$/.exec(text)!;
        answers.push([path, Number(match[2])]);
        if (!PHOTOGRAPHS.includes(path)) continue;
        expect(match[1]).toBe(className(expected.get(path)!));
        expect(Number(match[2])).toBeCloseTo(expected.get(path)!, 4);
      }
      expect(STATED.browser).toEqual(expect.arrayContaining(differing(answers)));
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      server.close();
    }
  });
});

/** Runs an export's `predict.js`. */
function predictInNode(
  cwd: string,
  files: readonly string[],
): Promise<{ code: number; stdout: string; stderr: string }> {
  const options = { cwd, env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: '2' } };
  return new Promise((resolve) => {
    execFile(process.execPath, ['predict.js', ...files], options, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });
}

const TYPES: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
};

/** A plain file server, as `python3 -m http.server`. */
async function serve(folder: string): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const name = request.url === '/' ? 'index.html' : request.url!.slice(1);
    try {
      const content = readFileSync(join(folder, name));
      response.setHeader('content-type', TYPES[extname(name)] ?? 'application/octet-stream');
      response.end(content);
    } catch {
      response.statusCode = 404;
      response.end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, address: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}
