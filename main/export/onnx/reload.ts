import { createRequire } from 'node:module';
import { join } from 'node:path';
import { INPUT, ONNX_MODEL, OUTPUT } from '../formats.ts';
import type { ReloadedModel } from '../verify/reload.ts';

type OnnxRuntime = typeof import('onnxruntime-node');

/**
 * Loads an ONNX export into ONNX Runtime if it is installed (in development only, since it takes 200 MB with its libraries
 * for every platform). Must not import TensorFlow: in Electron on Linux the two can't share a process.
 *
 * @returns null if ONNX Runtime is not installed
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
