import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { BIN, done, sampleFolder, temporaryFolder } from '../kit/cli.ts';

/**
 * Drives that lack what SQLite's write-ahead log needs, as network shares do. Mounting one needs rights and servers, so
 * the calls that such a drive refuses are refused to the process, by a library that is loaded before the system's.
 */
const SHIM = `
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static int ends(int fd, const char *with) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t n = readlink(link, path, sizeof path - 1);
  if (n < 0) return 0;
  path[n] = 0;
  size_t length = strlen(with);
  const char *drive = getenv("DRIVE");
  if (!drive || strncmp(path, drive, strlen(drive)) != 0) return 0;
  return (size_t)n >= length && strcmp(path + n - length, with) == 0;
}

static void *map(void *at, size_t size, int access, int flags, int fd, off64_t from) {
  static void *(*real)(void *, size_t, int, int, int, off64_t);
  if (!real) real = dlsym(RTLD_NEXT, "mmap64");
  if (getenv("REFUSE_MAP") && fd >= 0 && (flags & MAP_SHARED) && ends(fd, "-shm")) {
    errno = ENODEV;
    return MAP_FAILED;
  }
  return real(at, size, access, flags, fd, from);
}
void *mmap64(void *at, size_t size, int access, int flags, int fd, off64_t from) {
  return map(at, size, access, flags, fd, from);
}
void *mmap(void *at, size_t size, int access, int flags, int fd, off_t from) {
  return map(at, size, access, flags, fd, from);
}

static int control(int fd, int command, void *argument) {
  static int (*real)(int, int, ...);
  if (!real) real = dlsym(RTLD_NEXT, "fcntl64");
  if (!real) real = dlsym(RTLD_NEXT, "fcntl");
  if (getenv("REFUSE_LOCK") && command == F_SETLK && (ends(fd, ".db") || ends(fd, "-shm"))) {
    errno = EOPNOTSUPP;
    return -1;
  }
  return real(fd, command, argument);
}
int fcntl64(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  void *argument = va_arg(list, void *);
  va_end(list);
  return control(fd, command, argument);
}
int fcntl(int fd, int command, ...) {
  va_list list;
  va_start(list, command);
  void *argument = va_arg(list, void *);
  va_end(list);
  return control(fd, command, argument);
}
`;

const folder = realpathSync(temporaryFolder());
const drive = path.join(folder, 'drive');
const shim = path.join(folder, 'shim.so');
const hasCompiler = process.platform === 'linux' && spawnSync('gcc', ['--version']).status === 0;

beforeAll(() => {
  if (!hasCompiler) return;
  writeFileSync(path.join(folder, 'shim.c'), SHIM);
  execFileSync('gcc', ['-shared', '-fPIC', '-o', shim, path.join(folder, 'shim.c'), '-ldl']);
});

/** Runs a command on such a drive. */
function onDrive(refuse: 'REFUSE_MAP' | 'REFUSE_LOCK', ...args: string[]): { code: number; said: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [BIN, ...args], {
    encoding: 'utf8',
    env: { ...process.env, LD_PRELOAD: shim, DRIVE: drive, [refuse]: '1' },
  });
  return { code: status!, said: stdout + stderr };
}

describe.runIf(hasCompiler).each(['REFUSE_MAP', 'REFUSE_LOCK'] as const)('a drive that says %s', (refuse) => {
  it('is reported as unable to store a project, and nothing is left there', () => {
    const place = path.join(drive, `new ${refuse}`);
    mkdirSync(place, { recursive: true });
    const pictures = sampleFolder(1);
    const { code, said } = onDrive(refuse, 'import', pictures, '--project', path.join(place, 'p'));
    expect([code, said]).toEqual([1, expect.stringMatching(/can't store a project.*network drives/)]);
    expect(said).not.toMatch(/full|\n\s+at /);
    expect(readdirSync(place)).toEqual([]);
  });

  it('a project that was copied there is read, and refused for writing', async () => {
    const project = path.join(folder, `made ${refuse}.twofold`);
    await done('import', sampleFolder(1), '--project', project);
    const copy = path.join(drive, `copied ${refuse}.twofold`);
    cpSync(project, copy, { recursive: true });
    for (const time of ['first', 'second']) {
      const { code, said } = onDrive(refuse, 'labels', copy);
      expect({ time, code, said }).toEqual({
        time,
        code: 0,
        said: expect.stringMatching(/all +2/) as string,
      });
    }
    const written = onDrive(refuse, 'label', copy, '--undo');
    expect([written.code, written.said]).toEqual([1, expect.stringMatching(/can't store a project/)]);
    expect(await done('labels', copy)).toMatchObject({ total: 2 });
  });
});
