import { TwofoldError } from '../../shared/errors.ts';
import type { JobResult } from '../../shared/jobs/job.ts';
import type { ResultPage } from '../../shared/jobs/messages.ts';

/** Rows per message: receiving them blocks main for about 5 ms. */
export const PAGE_ROWS = 2000;

/**
 * Splits a job's result for sending: lists of more than `PAGE_ROWS` rows, such as the scores of 100,000 pictures, become
 * pages that are sent first, and the result then has empty lists in their place. `ResultPages` puts them back.
 */
export function pageResult(result: JobResult): { pages: ResultPage[]; rest: JobResult } {
  const pages: ResultPage[] = [];
  const rest: Record<string, unknown> = { ...result };
  for (const [field, rows] of Object.entries(result) as [string, unknown][]) {
    if (!Array.isArray(rows) || rows.length <= PAGE_ROWS) continue;
    for (let start = 0; start < rows.length; start += PAGE_ROWS)
      pages.push({ field, rows: rows.slice(start, start + PAGE_ROWS) as unknown[] });
    rest[field] = [];
  }
  return { pages, rest: rest as unknown as JobResult };
}

/** Collects the pages of a result as they arrive. */
export class ResultPages {
  readonly #lists = new Map<string, unknown[]>();

  add({ field, rows }: ResultPage): void {
    const list = this.#lists.get(field) ?? [];
    // Not spread into one call, which is limited to some 100,000 arguments.
    for (const row of rows) list.push(row);
    this.#lists.set(field, list);
  }

  /** The whole result. @throws TwofoldError `internal` where a page belongs to none of its lists */
  complete(rest: JobResult): JobResult {
    const fields = new Map<string, unknown>(Object.entries(rest));
    for (const [field, rows] of this.#lists) {
      if (!Array.isArray(fields.get(field)))
        throw new TwofoldError('internal', `The result of ${rest.kind} has no list "${field}".`);
      fields.set(field, rows);
    }
    return Object.fromEntries(fields) as unknown as JobResult;
  }
}
