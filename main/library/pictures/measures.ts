import type { Check } from '../../../shared/checks.ts';
import { column, rows, run, transaction, type Db } from '../database/sql.ts';

/** Stored measures of a content; see `measurePixels`. */
export interface ContentMeasures {
  sha256: string;
  brightness: number;
  contrast: number;
  colourfulness: number;
  sharpness: number | null;
  edge: number;
}

/** Stores measures, replacing older ones of the same contents. @param version `MEASURES_VERSION` */
export function saveMeasures(db: Db, measures: readonly ContentMeasures[], version: number): void {
  transaction(db, () => {
    for (const one of measures) {
      run(
        db,
        `INSERT OR REPLACE INTO measures (sha256, version, brightness, contrast, colourfulness, sharpness, edge)
         VALUES (:sha256, :version, :brightness, :contrast, :colourfulness, :sharpness, :edge)`,
        { ...one, version },
      );
    }
  });
}

/** Those of some contents (SHA-256) that were measured with this version. */
export function measuredAmong(db: Db, contents: readonly string[], version: number): Set<string> {
  return new Set(
    column<string>(
      db,
      `SELECT sha256 FROM measures
       WHERE sha256 IN (SELECT value FROM json_each(:contents)) AND version = :version`,
      { contents: JSON.stringify(contents), version },
    ),
  );
}

/** Measures of a picture with its size in pixels. */
export interface PictureMeasures extends ContentMeasures {
  id: number;
  width: number;
  height: number;
  sizeBytes: number;
}

/** Every measured picture of the project, in order of id. */
export function listMeasures(db: Db): PictureMeasures[] {
  return rows<PictureMeasures>(
    db,
    `SELECT p.id, p.sha256, p.width_px AS width, p.height_px AS height, p.size_bytes AS sizeBytes, m.brightness,
       m.contrast, m.colourfulness, m.sharpness, m.edge
     FROM pictures p JOIN measures m ON m.sha256 = p.sha256 ORDER BY p.id`,
  );
}

const measured = (condition: string): string =>
  `p.sha256 IN (SELECT sha256 FROM measures WHERE ${condition})`;

/** SQL conditions of the checks for a picture `p`. Their texts are in shared/checks.ts. */
export const CHECK_CONDITIONS: Record<Check, string> = {
  plain: measured('contrast < 0.03'),
  dark: measured('brightness < 0.08'),
  bright: measured('brightness > 0.92'),
  blurred: measured('sharpness < 0.12'),
  small: 'min(p.width_px, p.height_px) < 75',
  shape: 'max(p.width_px, p.height_px) >= 3 * min(p.width_px, p.height_px)',
  edge: measured('edge >= 0.05'),
};
