import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** How to start a module as a worker thread or a child process. */
export interface Entry {
  /** Absolute path of the module to run. */
  path: string;
  /** Node options: the TypeScript loader when running from sources, none in a bundle. */
  execArgv: string[];
}

/**
 * Finds the module that runs in another thread or process. From sources it is the TypeScript file itself, loaded with
 * tsx; in a bundle it is the file of the same name with `.js`, which the bundler writes beside the caller's.
 *
 * @param caller `import.meta.url` of the calling module
 * @param source path of the TypeScript module, relative to the caller (`./worker.ts`)
 */
export function entry(caller: string, source: string): Entry {
  if (caller.endsWith('.ts')) {
    // By its path: a bare name would be resolved from the current folder.
    const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
    return { path: fileURLToPath(new URL(source, caller)), execArgv: ['--import', loader] };
  }
  const name = source.slice(source.lastIndexOf('/') + 1).replace(/\.ts$/, '.js');
  return { path: fileURLToPath(new URL(name, caller)), execArgv: [] };
}
