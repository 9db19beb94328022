import {
  pictureQuerySchema,
  type PictureFilter,
  type PictureQueryInput,
} from '../../../shared/library/query.ts';
import path from 'node:path';
import { isSwapped } from '../labels/class-order.ts';
import { fold } from '../pictures/names.ts';
import { CHECK_CONDITIONS } from '../pictures/measures.ts';
import { idList } from '../pictures/pictures.ts';
import { searchFolders } from './folders.ts';
import { runNumber } from '../runs/run-ids.ts';
import { getSettings } from '../settings.ts';
import { column, value, type Db, type Params } from '../database/sql.ts';

/**
 * Ids of the pictures that match a query, in its order. The window keeps them and fetches visible pictures with
 * `getPictures`. Times at 100,000 pictures are in docs/decisions/library.md.
 *
 * @param query filter, sort and search; default: all pictures in the order they were added
 * @throws TwofoldError `bad-input`, `not-found` for a run that does not exist
 */
export function listPictureIds(db: Db, query: PictureQueryInput = {}): Uint32Array {
  const { filter, sort, folder, search } = pictureQuerySchema.parse(query);
  const params: Params = {};
  const joins: string[] = [];
  const conditions = [condition(filter, joins, params, db)];
  const words = fold(search).split(/\s+/).filter(Boolean);
  searchFolders(db, words).forEach((directories, index) => {
    params[`word${index}`] = words[index]!;
    params[`directories${index}`] = idList(directories);
    conditions.push(
      `(instr(p.folded, :word${index}) > 0 OR p.directory_id IN (SELECT value FROM json_each(:directories${index})))`,
    );
  });
  if (folder !== null) {
    params.folder = folder;
    params.below = folder.endsWith(path.sep) ? folder : folder + path.sep;
    conditions.push(
      `p.directory_id IN (SELECT id FROM directories WHERE path = :folder OR substr(path, 1, length(:below)) = :below)`,
    );
  }
  const where = conditions.filter((text) => text !== '').join(' AND ');
  const from = `FROM pictures p ${joins.join(' ')} ${where === '' ? '' : `WHERE ${where}`}`;
  if (sort.by === 'uncertain' || sort.by === 'mislabelled') {
    const onTest = ('split' in filter && filter.split === 'test') || ('on' in filter && filter.on === 'test');
    return byScore(
      db,
      from,
      { ...params, sortRun: runNumber(db, sort.run), onTest: Number(onTest) },
      sort.by,
    );
  }
  if (sort.by !== 'name') {
    // Suggestions and similar pictures are sorted by the thread with the index.
    // Sorted here: SQLite then reads a narrow index instead of the whole rows.
    const ids = idsOf(db, from, params).sort();
    return 'descending' in sort && sort.descending ? ids.reverse() : ids;
  }
  const direction = sort.descending ? 'DESC' : '';
  return idsOf(db, `${from} ORDER BY p.name_key ${direction}, p.id ${direction}`, params);
}

/** Number of pictures that match each filter. @throws TwofoldError the errors of `listPictureIds` */
export function countMatches(db: Db, filters: readonly PictureFilter[]): number[] {
  return filters.map((filter) => {
    const params: Params = {};
    const joins: string[] = [];
    const where = condition(filter, joins, params, db);
    const from = `FROM pictures p ${joins.join(' ')} ${where === '' ? '' : `WHERE ${where}`}`;
    return value<number>(db, `SELECT count(*) ${from}`, params)!;
  });
}

/** Fetches ids as one JSON text, since fetching 100,000 rows takes longer than the query. */
function idsOf(db: Db, from: string, params: Params): Uint32Array {
  const json = value<string>(db, `SELECT json_group_array(id) FROM (SELECT p.id ${from})`, params);
  return Uint32Array.from(JSON.parse(json!) as number[]);
}

/**
 * SQL of scores, 0..1, highest first, the same for both class orders; pictures without a probability come last.
 * Probabilities of test pictures count only if the test set alone is listed, so that they do not influence labelling.
 */
const SCORES = {
  uncertain: '1 - 2 * abs(coalesce(s.probability, s.out_of_sample) - 0.5)',
  // Out of sample if known, since a model may have memorised a wrong label.
  mislabelled: `CASE p.label WHEN 1 THEN 1 - coalesce(s.out_of_sample, s.probability)
    WHEN 0 THEN coalesce(s.out_of_sample, s.probability) END`,
};

/** A score of 28 bits and a position of 24 bits fit into a double. */
const STEPS = 2 ** 28;
const PICTURES = 2 ** 24;

/**
 * Sorts in JavaScript, with id and score packed into one number (id + score / 2 + 0.25; a whole number has no score).
 * Both halve the time, most of which goes into fetching rows.
 */
function byScore(db: Db, from: string, params: Params, sort: keyof typeof SCORES): Uint32Array {
  const packed = column<number>(
    db,
    `SELECT p.id + coalesce((SELECT ${SCORES[sort]} FROM run_pictures s
       WHERE s.run_number = :sortRun AND s.picture_id = p.id
         AND (s.split IS 'test') = :onTest) / 2 + 0.25, 0)
     ${from} ORDER BY p.id`,
    params,
  );
  const keys = new Float64Array(packed.length);
  packed.forEach((both, index) => {
    const fraction = both - Math.floor(both);
    const rank = fraction === 0 ? STEPS : Math.round((1.5 - 2 * fraction) * (STEPS - 1));
    keys[index] = rank * PICTURES + index;
  });
  keys.sort();
  const ids = new Uint32Array(packed.length);
  keys.forEach((key, place) => {
    ids[place] = packed[key - Math.floor(key / PICTURES) * PICTURES]!;
  });
  return ids;
}

function condition(filter: PictureFilter, joins: string[], params: Params, db: Db): string {
  switch (filter.kind) {
    case 'all':
      return '';
    case 'unlabelled':
      return 'p.label IS NULL';
    case 'labelled':
      return 'p.label IN (0, 1)';
    case 'trainable':
      return "p.label IN (0, 1) AND p.split IS NOT 'test'";
    case 'class':
      params.class = isSwapped(db) ? 1 - filter.class : filter.class;
      return 'p.label = :class';
    case 'duplicates':
      return '';
    case 'suggested':
    case 'alike':
      // The thread with the index determines which of these have a suggestion.
      return "p.label IS NULL AND p.split IS NOT 'test'";
    case 'skipped':
      return 'p.label = -1';
    case 'split':
      params.split = filter.split;
      if (filter.run === undefined) return 'p.split = :split';
      params.filterRun = runNumber(db, filter.run);
      joins.push('JOIN run_pictures f ON f.run_number = :filterRun AND f.picture_id = p.id');
      return 'f.split = :split';
    case 'problems':
      return 'p.problem IS NOT NULL';
    case 'check':
      return CHECK_CONDITIONS[filter.check];
    case 'selected':
      params.selected = idList(filter.ids);
      return 'p.id IN (SELECT value FROM json_each(:selected))';
    case 'import':
      params.importId = filter.importId;
      return 'p.import_id = :importId';
    case 'wrong': {
      params.filterRun = runNumber(db, filter.run);
      params.threshold = filter.threshold ?? getSettings(db).threshold;
      joins.push('JOIN run_pictures f ON f.run_number = :filterRun AND f.picture_id = p.id');
      // Like `classAt`, with the current class order.
      const isOne = isSwapped(db) ? '1 - f.probability > :threshold' : 'f.probability > :threshold';
      const label = isSwapped(db) ? '1 - p.label' : 'p.label';
      return `p.label IN (0, 1) AND f.probability IS NOT NULL AND (${isOne}) <> ${label}
        AND (p.split IS 'test') = ${filter.on === 'test' ? 1 : 0} AND (f.split IS 'test') = (p.split IS 'test')
        ${filter.on === 'validation' && filter.among === 'validation' ? "AND f.split = 'validation'" : ''}`;
    }
  }
}
