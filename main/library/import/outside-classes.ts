import { plural } from '../../../shared/format.ts';
import { quoted } from './match-classes.ts';

/** The folder of a picture that is in no class folder although the import has some. */
export interface OutsideFolder {
  /** Empty for the imported folder itself. */
  name: string;
  isTest: boolean;
}

/** Counts the pictures in no class folder; files that are not readable pictures don't count. */
export class OutsideTally {
  #test = 0;
  #other = 0;
  readonly #names = new Set<string>();

  add(folder: OutsideFolder): void {
    if (folder.isTest) this.#test++;
    else {
      this.#other++;
      if (folder.name !== '') this.#names.add(folder.name);
    }
  }

  notes(): string[] {
    const where = this.#names.size > 0 ? ` (${quoted([...this.#names])})` : '';
    return [
      ...(this.#other > 0
        ? [
            `${plural(this.#other, 'picture is', 'pictures are')} outside the class folders${where}: no label.`,
          ]
        : []),
      ...(this.#test > 0 ? [`${plural(this.#test, 'test picture')} in no class folder: no label.`] : []),
    ];
  }
}
