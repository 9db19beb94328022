import { z } from 'zod';

/** What can be unusual about a picture itself, in the order in which it is shown. */
export const CHECKS = {
  plain: { label: 'Nearly one colour', help: 'There is almost nothing to see.' },
  dark: { label: 'Very dark', help: 'Its mean brightness is below 8%.' },
  bright: { label: 'Very bright', help: 'Its mean brightness is above 92%.' },
  blurred: {
    label: 'Blurred',
    help: 'No part of it is sharp at the size at which the model sees it, 150 × 150.',
  },
  small: {
    label: 'Very small',
    help: 'Its shorter side has fewer than 75 pixels, half of what the model sees.',
  },
  shape: {
    label: 'Unusual shape',
    help: 'It is at least three times as long as wide, and is squeezed to a square for the model.',
  },
  edge: {
    label: 'Plain edge',
    help: 'A band of one colour ends abruptly, as in damaged files and pictures with frames.',
  },
} as const satisfies Record<string, { label: string; help: string }>;

export type Check = keyof typeof CHECKS;
export const CHECK_KINDS = Object.keys(CHECKS) as Check[];
export const checkSchema = z.enum(CHECK_KINDS as [Check, ...Check[]]);
