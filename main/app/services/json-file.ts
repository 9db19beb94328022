import { mkdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import writeFileAtomic from 'write-file-atomic';
import type { z } from 'zod';

/** A window is dragged in many small steps; only where it ends up is worth writing. */
const SETTLE_MS = 500;

/**
 * A small file that is convenient but not essential: what can't be read is replaced by its default, what can't be
 * written is forgotten when the app ends.
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
      // Not there yet, or damaged: the default serves.
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

  /** Writes now what is still to be written; called when the app ends. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    try {
      mkdirSync(dirname(this.path), { recursive: true });
      writeFileAtomic.sync(this.path, `${JSON.stringify(this.schema.parse(this.#value), null, 2)}\n`);
    } catch {
      // A full or read-only disk: nothing a person needs is lost.
    }
  }
}
