import { createRequire } from 'node:module';

/** Twofold's own version. From sources and from a bundle package.json lies two folders up. */
export function twofoldVersion(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return version;
}
