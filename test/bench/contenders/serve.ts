import { createInterface } from 'node:readline';
import { z } from 'zod';

/** Begins the lines that are answers. */
export const MARK = '@bench ';

const request = z.looseObject({ repeat: z.int().positive() });

/**
 * The child's side of a contender: says that it is ready and then works whenever it is asked, until its input ends.
 *
 * @param work does the work once; what it returns is the figure, otherwise the milliseconds it took are
 */
export async function serve(work: () => number | undefined | Promise<number | undefined>): Promise<void> {
  answer({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    const { repeat } = request.parse(JSON.parse(line));
    const samples: number[] = [];
    const cpuMs: number[] = [];
    for (let n = 0; n < repeat; n++) {
      const startedAt = performance.now();
      const before = process.cpuUsage();
      const figure = await work();
      samples.push(figure ?? performance.now() - startedAt);
      const { user, system } = process.cpuUsage(before);
      cpuMs.push((user + system) / 1000);
    }
    answer({ samples, cpuMs, peakMemoryBytes: process.resourceUsage().maxRSS * 1024 });
  }
  // Threads of TensorFlow and pools must not keep the process.
  process.exit(0);
}

function answer(value: object): void {
  process.stdout.write(`\n${MARK}${JSON.stringify(value)}\n`);
}

/** What the parent gave as options. */
export function options<T>(schema: z.ZodType<T>): T {
  return schema.parse(JSON.parse(process.argv[2] ?? '{}'));
}
