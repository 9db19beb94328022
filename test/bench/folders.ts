import { access } from 'node:fs/promises';
import { join } from 'node:path';
import envPaths from 'env-paths';

/** Where benchmarks keep what is made once (pictures): a folder of the user's cache, which may be deleted at any time. */
export function benchFolder(...parts: string[]): string {
  return join(envPaths('twofold', { suffix: '' }).cache, 'bench', ...parts);
}

export const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );
