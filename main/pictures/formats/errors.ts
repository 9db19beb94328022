import { TwofoldError } from '../../../shared/errors.ts';
import type { PictureFormat } from '../sniff.ts';
import { FORMAT_NAMES } from './format.ts';

/** A file that stops before its picture does. */
export function truncated(format: PictureFormat): TwofoldError {
  return new TwofoldError(
    'bad-picture',
    `The picture (${FORMAT_NAMES[format]}) ends too early: it was not copied or downloaded whole. Copy or download it again.`,
  );
}

/** @param detail what is wrong, as the rest of a sentence */
export function damaged(format: PictureFormat, detail: string): TwofoldError {
  return new TwofoldError(
    'bad-picture',
    `The picture (${FORMAT_NAMES[format]}) is damaged: ${detail}. Copy or download it again.`,
  );
}

/** Whether there was no memory for the pixels: libvips says so, and so do typed arrays. */
export function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    /out of memory|unable to allocate|allocation failed|invalid typed array length/i.test(error.message)
  );
}

/** Turns libvips' message into a reason a person understands, and keeps it as the cause. */
export function explainVips(error: unknown, format: PictureFormat): unknown {
  if (!(error instanceof Error) || error instanceof TwofoldError || isOutOfMemory(error)) return error;
  const name = FORMAT_NAMES[format];
  const cutOff =
    /premature|truncat|unexpected end|end of file|bad seek|read error|too short|unable to parse/i;
  const sentence = cutOff.test(error.message)
    ? `The picture (${name}) ends too early or is damaged: it was not copied or downloaded whole. Copy or download it again.`
    : `The picture (${name}) is damaged and can't be read (${error.message.split('\n')[0] ?? ''}). Copy or download it again.`;
  return new TwofoldError('bad-picture', sentence, { cause: error });
}
