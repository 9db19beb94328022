import { plural } from '../../../shared/format.ts';

/** A picture whose samples take no more bits uses less than 1/16 of the range of 16, and looks almost black. */
const NARROW = 12;
/** The fewest bits that 16-bit pictures can be read as. */
const FEWEST = 9;

/** Counts how much of their range the 16-bit pictures of an import use. */
export class DepthTally {
  readonly #counts = Array<number>(17).fill(0);

  /** @param bits that a picture's largest sample takes; undefined for a picture that has not 16 bits */
  add(bits: number | undefined): void {
    if (bits !== undefined) this.#counts[bits]!++;
  }

  /**
   * What to say of them: that many are dark and what would help, or that some are clipped.
   *
   * @param bits16 how many bits they are read as
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
    const said = `${plural(narrow, 'picture uses', 'pictures use')} less than 1/16 of the 16-bit range`;
    const others = above(NARROW);
    return others > 0
      ? `${said}; ${plural(others, 'other uses', 'others use')} more, up to ${this.#most(16)} bits, so that no one factor fits all.`
      : `${said}; treat 16-bit pictures as ${bits}-bit to use all of it (Train, Base; or --bits16 ${bits}).`;
  }

  /** The most bits that a picture takes, of those that take no more than `limit`. */
  #most(limit: number): number {
    return Math.max(
      FEWEST,
      this.#counts.slice(0, limit + 1).findLastIndex((count) => count > 0),
    );
  }
}
