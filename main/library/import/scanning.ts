import type { ImportOptions } from './ingest.ts';

/** Reports the number of pictures found while folders are scanned, ten times a second at most. */
export function reportScanning({ onProgress }: ImportOptions): (found: number) => void {
  let last = 0;
  return (done) => {
    if (performance.now() - last < 100) return;
    last = performance.now();
    onProgress?.({
      stage: 'scanning',
      fraction: null,
      done,
      total: null,
      perSecond: null,
      leftMs: null,
      added: 0,
      leftOut: 0,
    });
  };
}
