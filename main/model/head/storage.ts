import { TwofoldError } from '../../../shared/errors.ts';
import type { SafetensorsFile, TensorSource } from '../../files/safetensors.ts';
import type { HeadArray, VariableLayout } from './layout.ts';

/** An array of the head for a file. Its variables are read one by one, so that there is no second copy in memory. */
export function sourceOf(
  { name, shape, variables }: HeadArray,
  read: (variable: VariableLayout) => Float32Array,
): TensorSource {
  return {
    name,
    type: 'F32',
    shape,
    *pieces() {
      for (const variable of variables) yield read(variable);
    },
  };
}

/**
 * Reads an array of the head from a file into its variables.
 *
 * @throws TwofoldError `corrupt` if the file is damaged or has another head
 */
export async function loadArray(
  file: SafetensorsFile,
  { name, shape, variables }: HeadArray,
  assign: (variable: VariableLayout, values: Float32Array) => void,
): Promise<void> {
  const found = file.entry(name).shape;
  if (found.join() !== shape.join()) {
    throw new TwofoldError(
      'corrupt',
      `${file.path} contains another head: "${name}" is [${found.join(', ')}], expected [${shape.join(', ')}].`,
    );
  }
  const first = variables[0]!.shape.reduce((product, n) => product * n, 1);
  let index = 0;
  for await (const piece of file.pieces(name, first)) assign(variables[index++]!, piece);
}
