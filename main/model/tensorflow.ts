/**
 * The only import of TensorFlow: everything else imports `tf` from here. Importing this module loads the native library
 * (about a second, 150 MB), so only the training process and tests do.
 */
import { createRequire } from 'node:module';
import type * as TensorFlow from '@tensorflow/tfjs-node';
import { TwofoldError } from '../../shared/errors.ts';
import { withSystemMalloc } from './system-malloc.ts';

export type { Tensor, Tensor1D, Tensor2D, Tensor4D, TensorLike } from '@tensorflow/tfjs-node';

const require = createRequire(import.meta.url);

/**
 * Must be set before the library is loaded, since it reads its environment once. The pooled allocator keeps large buffers
 * instead of returning them to the kernel; otherwise page faults dominate a training step.
 */
function prepareEnvironment(): void {
  process.env.TF_CPU_ALLOCATOR_USE_BFC ??= '1';
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';
}

/** tfjs-node calls two functions of node:util that Node 23 removed. */
function restoreRemovedUtilities(): void {
  const util = require('node:util') as Record<string, unknown>;
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

function load(): typeof TensorFlow {
  prepareEnvironment();
  restoreRemovedUtilities();
  try {
    const tf = withSystemMalloc('tfjs_binding', () => require('@tensorflow/tfjs-node') as typeof TensorFlow);
    tf.env().set('PROD', true);
    return tf;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.split('\n', 1)[0]! : String(cause);
    throw new TwofoldError(
      'runtime',
      `TensorFlow could not be loaded (${reason.trim()}). Run "npm run setup" to install it, then try again.`,
      { cause },
    );
  }
}

/** TensorFlow with its native backend. */
export const tf: typeof TensorFlow = load();

/** Version of the native TensorFlow library in use, as in `2.15.1`. */
export function tensorflowVersion(): string {
  return (tf.backend() as unknown as { binding: { TF_Version: string } }).binding.TF_Version;
}
