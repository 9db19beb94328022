/** What a batch normalisation holds, one value a channel. A gamma or beta it does not have is 1 or 0. */
export interface Normalization {
  gamma?: Float32Array | undefined;
  beta?: Float32Array | undefined;
  mean: Float32Array;
  variance: Float32Array;
  epsilon: number;
}

/**
 * Folds a batch normalisation in inference mode into the convolution before it: gamma · (conv(x, k) + b - mean) / σ + beta
 * = conv(x, k · s) + (b - mean) · s + beta with s = gamma / √(variance + epsilon).
 *
 * @param kernel `[height, width, in, out]` float32; not changed
 * @param bias of the convolution, `[out]`, where it has one
 * @returns a new kernel and bias, computed in double precision and rounded once
 */
export function foldBatchNorm(
  kernel: Float32Array,
  bias: Float32Array | undefined,
  { gamma, beta, mean, variance, epsilon }: Normalization,
): { kernel: Float32Array; bias: Float32Array } {
  const channels = mean.length;
  const scales = Float64Array.from(variance, (value, c) => (gamma?.[c] ?? 1) / Math.sqrt(value + epsilon));
  const foldedKernel = new Float32Array(kernel.length);
  for (let start = 0; start < kernel.length; start += channels) {
    for (let c = 0; c < channels; c++) foldedKernel[start + c] = kernel[start + c]! * scales[c]!;
  }
  const foldedBias = Float32Array.from(
    scales,
    (scale, c) => ((bias?.[c] ?? 0) - mean[c]!) * scale + (beta?.[c] ?? 0),
  );
  return { kernel: foldedKernel, bias: foldedBias };
}
