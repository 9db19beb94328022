import { afterEach, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

it.each([
  [undefined, 'glibc.malloc.hugetlb=1'],
  ['', 'glibc.malloc.hugetlb=1'],
  ['glibc.malloc.check=1', 'glibc.malloc.check=1:glibc.malloc.hugetlb=1'],
  // Own values win.
  ['glibc.malloc.hugetlb=0', 'glibc.malloc.hugetlb=0'],
  ['glibc.malloc.check=1:glibc.malloc.hugetlb=2', 'glibc.malloc.check=1:glibc.malloc.hugetlb=2'],
])('GLIBC_TUNABLES=%s becomes %s for the training process', async (own, expected) => {
  vi.stubEnv('GLIBC_TUNABLES', own);
  vi.resetModules();
  const { TENSORFLOW_ENV } = await import('../../main/jobs/child.ts');
  expect(TENSORFLOW_ENV.GLIBC_TUNABLES).toBe(expected);
});
