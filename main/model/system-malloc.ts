import { constants } from 'node:os';

/**
 * Loads a native library so that it allocates with the system's malloc, as it does in plain Node.
 *
 * Electron brings its own allocator, which on Linux takes the place of malloc for every library that is loaded later. It
 * gives each block above 1 MB back to the kernel, and TensorFlow packs its operands anew into such blocks in every
 * convolution: 1.1 GB of page faults an epoch, a ninth of the time. Loaded with `RTLD_DEEPBIND`, the library finds the
 * system's malloc first. What it allocates it must free itself, which holds for tfjs-node: see
 * docs/decisions/tensorflow-in-electron.md. Elsewhere than in Electron on Linux nothing is changed.
 *
 * @param name part of the path of the library; others that are loaded meanwhile are loaded as ever
 */
export function withSystemMalloc<T>(name: string, load: () => T): T {
  const { RTLD_LAZY, RTLD_DEEPBIND: deep } = constants.dlopen as {
    RTLD_LAZY: number;
    RTLD_DEEPBIND?: number;
  };
  if (process.platform !== 'linux' || !('electron' in process.versions) || deep === undefined) return load();
  const dlopen = process.dlopen.bind(process);
  process.dlopen = (module: object, path: string, flags = RTLD_LAZY) =>
    dlopen(module, path, path.includes(name) ? flags | deep : flags);
  try {
    return load();
  } finally {
    process.dlopen = dlopen;
  }
}
