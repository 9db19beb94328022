import { z } from 'zod';

/** Bits per kernel value of an exported model; 32 is float32, the others are quantized. */
export const KERNEL_BITS = [32, 16, 8] as const;
export type KernelBits = (typeof KERNEL_BITS)[number];
export const kernelBitsSchema = z.literal(KERNEL_BITS);
