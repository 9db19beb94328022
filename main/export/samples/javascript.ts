/** `preprocess.js`: decoded pixels to the model's input, for browsers and Node, with the arithmetic of main/pictures/resize. */
export const PREPROCESS_JS = `// Converts decoded pixels to the model's input: stretches them to its size exactly as Twofold
// and Pillow do, and divides them by 255. Works in browsers and in Node.

/** Weights of a triangle filter as wide as the reduction, in fixed point: Pillow's BILINEAR. */
function triangle(from, to) {
  const scale = from / to;
  const support = Math.max(scale, 1);
  return Array.from({ length: to }, (_, i) => {
    const centre = (i + 0.5) * scale;
    const start = Math.max(Math.trunc(centre - support + 0.5), 0);
    const end = Math.min(Math.trunc(centre + support + 0.5), from);
    const weights = [];
    for (let k = start; k < end; k++) {
      weights.push(Math.max(0, 1 - Math.abs((k - centre + 0.5) * (1 / support))));
    }
    const sum = weights.reduce((a, b) => a + b, 0);
    return { start, weights: weights.map((weight) => Math.trunc(0.5 + (weight / sum) * 2 ** 22)) };
  });
}

/** Resamples the middle axis of [outer, from, inner]; rounded to 8 bits, as Pillow does after each axis. */
function resample(data, outer, from, inner, to) {
  if (from === to) return data;
  const out = new Uint8Array(outer * to * inner);
  triangle(from, to).forEach(({ start, weights }, i) => {
    for (let o = 0; o < outer; o++) {
      for (let c = 0; c < inner; c++) {
        let sum = 2 ** 21;
        for (let k = 0; k < weights.length; k++) {
          sum += data[(o * from + start + k) * inner + c] * weights[k];
        }
        out[(o * to + i) * inner + c] = Math.min(255, Math.floor(sum / 2 ** 22));
      }
    }
  });
  return out;
}

/** The source pixel under the centre of each target pixel: Pillow's NEAREST. */
function nearest(from, to) {
  let place = (from / to) * 0.5;
  return Array.from({ length: to }, () => {
    const index = Math.min(Math.floor(place), from - 1);
    place += from / to;
    return index;
  });
}

/** Name of the predicted class, or "unsure" where the model abstains. */
export function answer({ classes, threshold, unsure }, probability) {
  if (!unsure) return classes[probability > threshold ? 1 : 0];
  const label = probability > 0.5 ? 1 : 0;
  const least = unsure.from[label];
  return least !== null && (label ? probability : 1 - probability) >= least ? classes[label] : 'unsure';
}

/**
 * @param pixels [height, width, channels] of a picture, 0..255; a fourth channel is ignored
 * @param input the card's "input": size in pixels and how to resize
 * @returns [size, size, 3] float32, 0..1
 */
export function toInput(pixels, width, height, channels, { size, resize }) {
  let rgb = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++) {
    for (let c = 0; c < 3; c++) rgb[i * 3 + c] = pixels[i * channels + c];
  }
  if (resize === 'nearest') {
    const columns = nearest(width, size);
    const source = rgb;
    rgb = Uint8Array.from(
      nearest(height, size).flatMap((y) =>
        columns.flatMap((x) => [0, 1, 2].map((c) => source[(y * width + x) * 3 + c])),
      ),
    );
  } else {
    rgb = resample(rgb, height, width, 3, size);
    rgb = resample(rgb, 1, height, size * 3, size);
  }
  return Float32Array.from(rgb, (value) => value / 255);
}
`;

/** Reads picture files in Node; shared by the samples of TensorFlow.js and ONNX. */
const READ_PICTURE = `/** Decodes a picture as Twofold does: upright, sRGB, transparency on white. */
async function readPicture(path) {
  const { space, icc, depth } = await sharp(path).metadata();
  // Skipped if the profile is sRGB itself, so that rounding changes nothing.
  const ignoreIcc = icc !== undefined && isSrgb(icc);
  let picture = sharp(path, { failOn: 'error', ignoreIcc }).rotate().flatten({ background: '#ffffff' });
  const isCmyk = space === 'cmyk' && icc === undefined;
  picture = isCmyk
    ? picture.pipelineColourspace('cmyk').toColourspace('cmyk')
    : picture.toColourspace('srgb').removeAlpha();
  if (depth === 'ushort') picture = picture.linear(2 ** (16 - card.input.bits16), 0);
  const { data, info } = await picture.raw().toBuffer({ resolveWithObject: true });
  if (isCmyk) cmykToRgb(data);
  return toInput(data, info.width, info.height, info.channels, card.input);
}

/** X, Y, Z of sRGB's red, green and blue, and its curve at 0.5. */
const SRGB = { rXYZ: [0.436, 0.2225, 0.0139], gXYZ: [0.3851, 0.7169, 0.0971], bXYZ: [0.1431, 0.0606, 0.7141] };
const SRGB_MIDDLE = 0.214;

/** Whether a profile is sRGB by its numbers, so that the pixels need no conversion. */
function isSrgb(icc) {
  const text = (at) => icc.toString('latin1', at, at + 4);
  const fixed = (at) => icc.readInt32BE(at) / 65536;
  const isCurve = (at) => {
    let middle;
    if (text(at) === 'curv') {
      const count = icc.readUInt32BE(at + 8);
      const value = (i) => icc.readUInt16BE(at + 12 + 2 * i);
      if (count < 2) middle = count === 0 ? 0.5 : 0.5 ** (value(0) / 256);
      else middle = (value(Math.floor((count - 1) / 2)) + value(Math.floor(count / 2))) / 2 / 65535;
    } else {
      // Parametric: (a · x + b) ** gamma, plus an offset in two of its forms.
      const form = icc.readUInt16BE(at + 8);
      const parameter = (i) => fixed(at + 12 + 4 * i);
      const offset = form === 2 ? parameter(3) : form === 4 ? parameter(5) : 0;
      middle = form === 0 ? 0.5 ** parameter(0) : (parameter(1) * 0.5 + parameter(2)) ** parameter(0) + offset;
    }
    return Math.abs(middle - SRGB_MIDDLE) < 0.012;
  };
  try {
    const tags = {};
    for (let i = 0, count = icc.readUInt32BE(128); i < count; i++) {
      tags[text(132 + 12 * i)] = icc.readUInt32BE(136 + 12 * i);
    }
    if (text(16) === 'GRAY') return isCurve(tags.kTRC);
    if (text(16) !== 'RGB ' || 'A2B0' in tags) return false;
    const isNear = ([name, wanted]) =>
      wanted.every((value, i) => Math.abs(fixed(tags[name] + 8 + 4 * i) - value) < 0.004);
    return Object.entries(SRGB).every(isNear) && ['rTRC', 'gTRC', 'bTRC'].every((name) => isCurve(tags[name]));
  } catch {
    return false; // a tag is missing or outside the profile
  }
}

/** Replaces cyan, magenta and yellow by red, green and blue, as Pillow computes them. */
function cmykToRgb(data) {
  for (let i = 0; i < data.length; i += 4) {
    const light = 255 - data[i + 3];
    for (let c = i; c < i + 3; c++) {
      const product = data[c] * light + 128;
      data[c] = light - (((product >> 8) + product) >> 8);
    }
  }
}
`;

/** On standard error, so that a pipe carries predictions only. */
const RULE = `console.error(card.rule);
`;

/** Opens a loop over the pictures that can be read; the others are reported. Closed by REPORT. */
const FOR_EACH = `const paths = process.argv.slice(2);
if (paths.length === 0) {
  console.error('Usage: node predict.js PICTURE…');
  process.exitCode = 2;
}
for (const path of paths) {
  let picture;
  try {
    picture = await readPicture(path);
  } catch (error) {
    console.error(path + ": this picture can't be read (" + error.message.split('\\n')[0] + ')');
    process.exitCode = 1;
    continue;
  }
`;

const REPORT = `  const name = answer(card, probability);
  console.log(path + '\\t' + name + '\\t' + probability.toFixed(6));
}
`;

/** `predict.js` for the TensorFlow.js export. */
export const TFJS_NODE = `// Prints class and probability of pictures:  npm install --ignore-scripts && node predict.js PICTURE…
// Does not notice pictures that are unlike the labelled ones; Twofold does.
// Much faster with the native library: npm install @tensorflow/tfjs-node
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import { answer, toInput } from './preprocess.js';

const tf = await import('@tensorflow/tfjs-node').catch(() => import('@tensorflow/tfjs'));
const file = (name) => readFileSync(new URL(name, import.meta.url));
const card = JSON.parse(file('card.json'));

/** Plain TensorFlow.js can't read files, so they are passed in memory. */
async function loadModel() {
  const { modelTopology, weightsManifest } = JSON.parse(file('model.json'));
  const [{ paths, weights: weightSpecs }] = weightsManifest;
  const weightData = new Uint8Array(Buffer.concat(paths.map((path) => file(path)))).buffer;
  return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
}

${READ_PICTURE}
const model = await loadModel();
${RULE}${FOR_EACH}  const input = tf.tensor(picture, [1, card.input.size, card.input.size, 3]);
  const [probability] = await model.predict(input).data();
${REPORT}`;

/** `predict.js` for the ONNX export. */
export const ONNX_NODE = `// Prints class and probability of pictures:  npm install --ignore-scripts && node predict.js PICTURE…
// Does not notice pictures that are unlike the labelled ones; Twofold does.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ort from 'onnxruntime-node';
import sharp from 'sharp';
import { answer, toInput } from './preprocess.js';

const card = JSON.parse(readFileSync(new URL('card.json', import.meta.url)));

${READ_PICTURE}
${RULE}const session = await ort.InferenceSession.create(fileURLToPath(new URL('model.onnx', import.meta.url)));
${FOR_EACH}  const shape = [1, card.input.size, card.input.size, 3];
  const pictures = new ort.Tensor('float32', picture, shape);
  const { probability: output } = await session.run({ pictures });
  const [probability] = output.data;
${REPORT}`;

/** `package.json` beside `predict.js`. */
export function packageJson(dependencies: Record<string, string>): string {
  return `${JSON.stringify({ private: true, type: 'module', dependencies }, null, 2)}\n`;
}
