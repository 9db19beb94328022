import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { z } from 'zod';

/** Debounces writing while a window is dragged. */
const SETTLE_MS = 500;

/**
 * A small file that is convenient but not essential. An unreadable file yields the default value; failures to write are
 * ignored.
 */
export class JsonFile<Schema extends z.ZodType> {
  #value: z.output<Schema>;
  #timer: NodeJS.Timeout | undefined;

  constructor(
    readonly path: string,
    private readonly schema: Schema,
    fallback: z.output<Schema>,
  ) {
    this.#value = fallback;
    try {
      this.#value = schema.parse(JSON.parse(readFileSync(path, 'utf8')));
    } catch {
      // Missing or damaged: the default applies.
    }
  }

  get value(): z.output<Schema> {
    return this.#value;
  }

  set(value: z.output<Schema>): void {
    this.#value = value;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), SETTLE_MS);
  }

  /** Writes a pending change immediately; called when the app ends. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileAtomic.sync(this.path, `${JSON.stringify(this.schema.parse(this.#value), null, 2)}\n`);
    } catch {
      // A full or read-only disk; the contents are not essential.
    }
  }
}
