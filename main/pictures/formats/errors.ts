import { TwofoldError } from '../../../shared/errors.ts';
import type { PictureFormat } from '../sniff.ts';
import { FORMAT_NAMES } from './format.ts';

/** Error for a truncated file. */
export function truncated(format: PictureFormat): TwofoldError {
  return new TwofoldError(
    'bad-picture',
    `The picture (${FORMAT_NAMES[format]}) ends too early: it was not copied or downloaded completely. Copy or download it again.`,
  );
}

/** Error for a damaged file. @param detail what is wrong, as the end of a sentence */
export function damaged(format: PictureFormat, detail: string): TwofoldError {
  return new TwofoldError(
    'bad-picture',
    `The picture (${FORMAT_NAMES[format]}) is damaged: ${detail}. Copy or download it again.`,
  );
}

/** Whether an error of libvips or of a typed array means that there was not enough memory. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    /out of memory|unable to allocate|allocation failed|invalid typed array length/i.test(error.message)
  );
}

/** Converts an error of libvips to a TwofoldError `bad-picture`, and keeps it as the cause. */
export function explainVips(error: unknown, format: PictureFormat): unknown {
  if (!(error instanceof Error) || error instanceof TwofoldError || isOutOfMemory(error)) return error;
  const name = FORMAT_NAMES[format];
  const cutOff =
    /premature|truncat|unexpected end|end of file|bad seek|read error|too short|unable to parse/i;
  const sentence = cutOff.test(error.message)
    ? `The picture (${name}) ends too early or is damaged: it was not copied or downloaded completely. Copy or download it again.`
    : `The picture (${name}) is damaged and can't be read (${error.message.split('\n')[0] ?? ''}). Copy or download it again.`;
  return new TwofoldError('bad-picture', sentence, { cause: error });
}
