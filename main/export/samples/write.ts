import { copyFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { ModelFormat } from '../../../shared/jobs/export.ts';
import { INDEX_HTML, PAGE_JS } from './browser.ts';
import { ONNX_NODE, packageJson, PREPROCESS_JS, TFJS_NODE } from './javascript.ts';
import { KERAS_PY, ONNX_PY, PREPROCESS_PY, SAVED_MODEL_PY, SERVING_PY } from './python.ts';

const PYTHON = (predict: string): Record<string, string> => ({
  'preprocess.py': PREPROCESS_PY,
  'predict.py': predict,
});

/** Versions that the samples for Node are tested with. */
const SHARP = '^0.34.0';
const TFJS = '4.22.0';
const ONNX_RUNTIME = '^1.20.0';

const SAMPLES: Record<ModelFormat, Record<string, string>> = {
  tfjs: {
    'index.html': INDEX_HTML,
    'page.js': PAGE_JS,
    'preprocess.js': PREPROCESS_JS,
    'predict.js': TFJS_NODE,
    'package.json': packageJson({ '@tensorflow/tfjs': TFJS, sharp: SHARP }),
  },
  keras: PYTHON(KERAS_PY),
  savedmodel: { ...PYTHON(SAVED_MODEL_PY), 'request.py': SERVING_PY },
  onnx: {
    ...PYTHON(ONNX_PY),
    'preprocess.js': PREPROCESS_JS,
    'predict.js': ONNX_NODE,
    'package.json': packageJson({ 'onnxruntime-node': ONNX_RUNTIME, sharp: SHARP }),
  },
};

/** Writes sample programs that predict pictures with the export, and what they need. */
export async function writeSamples(format: ModelFormat, folder: string): Promise<void> {
  for (const [name, content] of Object.entries(SAMPLES[format])) await writeFile(join(folder, name), content);
  if (format === 'tfjs') await copyBrowserLibrary(folder);
}

/** Copies TensorFlow.js, so that the page works offline. The file states its licence (Apache 2.0). */
async function copyBrowserLibrary(folder: string): Promise<void> {
  const require = createRequire(import.meta.url);
  let library: string;
  try {
    library = join(dirname(require.resolve('@tensorflow/tfjs/package.json')), 'dist', 'tf.min.js');
    await copyFile(library, join(folder, 'tf.min.js'));
  } catch (error) {
    // A packaged app may not include it; the README says where to get it.
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') throw error;
  }
}
