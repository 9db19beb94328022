import { config } from 'zod/v4/core';

/**
 * zod compiles its schemas from strings where it may. Here it may not, and its asking would be reported as a violation of
 * the page's policy. Imported before anything that has a schema.
 */
config({ jitless: true });
