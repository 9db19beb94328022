import { constants } from 'node:os';

/**
 * Loads a native library so that it allocates with the system's malloc, as it does in plain Node.
 *
 * On Linux, Electron's own allocator replaces malloc for every library that is loaded later. It returns each block above
 * 1 MB to the kernel, and TensorFlow packs its operands into such blocks in every convolution: 1.1 GB of page faults per
 * epoch, a ninth of the time. With `RTLD_DEEPBIND`, the library finds the system's malloc first. It must then free its own
 * allocations itself, which tfjs-node does: see docs/decisions/tensorflow-in-electron.md. Has no effect outside Electron on
 * Linux.
 *
 * @param name part of the path of the library; others are loaded as usual
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
