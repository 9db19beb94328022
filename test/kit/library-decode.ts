import { inspect } from '../../main/pictures/inspect.ts';
import type { Inspect } from '../../shared/library/pictures.ts';

/** The real decoder, in this thread. */
export const decode: Inspect = (file) => inspect(file, {});
