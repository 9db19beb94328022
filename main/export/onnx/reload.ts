import { createRequire } from 'node:module';
import { join } from 'node:path';
import { INPUT, ONNX_MODEL, OUTPUT } from '../formats.ts';
import type { ReloadedModel } from '../verify/reload.ts';

type OnnxRuntime = typeof import('onnxruntime-node');

/**
 * Loads an ONNX export into ONNX Runtime where that is installed (for development only: with its libraries for every
 * platform it has 200 MB). Nothing here may import TensorFlow: in Electron on Linux the two can't be in one process.
 *
 * @returns null where ONNX Runtime is not there
 */
export async function reloadInOnnxRuntime(directory: string, size: number): Promise<ReloadedModel | null> {
  const runtime = loadOnnxRuntime();
  if (!runtime) return null;
  const { InferenceSession, Tensor, env } = runtime;
  const session = await InferenceSession.create(join(directory, ONNX_MODEL));
  return {
    runtime: `ONNX Runtime ${env.versions.node ?? env.versions.common}`,
    predict: async (pixels, n) => {
      const input = new Tensor('float32', pixels, [n, size, size, 3]);
      const { [OUTPUT]: output } = await session.run({ [INPUT]: input });
      return Float32Array.from(output!.data as Float32Array);
    },
    close: () => session.release(),
  };
}

function loadOnnxRuntime(): OnnxRuntime | null {
  try {
    return createRequire(import.meta.url)('onnxruntime-node') as OnnxRuntime;
  } catch {
    return null;
  }
}
