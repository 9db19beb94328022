import { plural } from '../../../shared/format.ts';

/** A 16-bit picture with no larger samples uses less than 1/16 of the range and looks almost black. */
const NARROW = 12;
/** The fewest bits that 16-bit pictures can be treated as. */
const FEWEST = 9;

/** Counts the 16-bit pictures of an import by the part of the range they use. */
export class DepthTally {
  readonly #counts = Array<number>(17).fill(0);

  /** @param bits of a picture's largest sample; undefined for a picture that is not 16-bit */
  add(bits: number | undefined): void {
    if (bits !== undefined) this.#counts[bits]!++;
  }

  /**
   * A note that pictures are dark or clipped, and what to change; null if neither.
   *
   * @param bits16 number of bits as which 16-bit pictures are treated
   */
  note(bits16: number): string | null {
    const above = (bits: number) => this.#counts.slice(bits + 1).reduce((sum, count) => sum + count, 0);
    if (bits16 < 16) {
      const clipped = above(bits16);
      if (clipped === 0) return null;
      return `${plural(clipped, '16-bit picture has', '16-bit pictures have')} values above ${bits16} bits, which are clipped. Treat 16-bit pictures as ${this.#most(16)}-bit to keep them (Train, Base; or --bits16 ${this.#most(16)}).`;
    }
    const narrow = above(-1) - above(NARROW);
    if (narrow === 0) return null;
    const bits = this.#most(NARROW);
    const dark = `${plural(narrow, 'picture uses', 'pictures use')} less than 1/16 of the 16-bit range`;
    const others = above(NARROW);
    return others > 0
      ? `${dark}; ${plural(others, 'other uses', 'others use')} more, up to ${this.#most(16)} bits, so no single setting fits all.`
      : `${dark}. Treat 16-bit pictures as ${bits}-bit to use all of it (Train, Base; or --bits16 ${bits}).`;
  }

  /** The most bits that a picture uses, up to `limit`. */
  #most(limit: number): number {
    return Math.max(
      FEWEST,
      this.#counts.slice(0, limit + 1).findLastIndex((count) => count > 0),
    );
  }
}
