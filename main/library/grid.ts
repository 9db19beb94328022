import {
  pictureQuerySchema,
  type PictureFilter,
  type PictureQueryInput,
  type PictureSort,
} from '../../shared/library.ts';
import { fold } from './names.ts';
import { runNumber } from './run-ids.ts';
import { column, type Db, type Params } from './sql.ts';

/**
 * The ids of the pictures that a grid shows, in its order; the window keeps them and asks `getPictures` for what is in
 * sight. Measured at 100,000 pictures in docs/decisions/library.md.
 *
 * @param query filter, sort and search; default: all, as they were added
 * @throws TwofoldError `bad-input`, `not-found` for a run that does not exist
 */
export function listPictureIds(db: Db, query: PictureQueryInput = {}): Uint32Array {
  const { filter, sort, search } = pictureQuerySchema.parse(query);
  const params: Params = {};
  const joins: string[] = [];
  const conditions = [condition(filter, joins, params, db)];
  const words = fold(search).split(/\s+/).filter(Boolean);
  words.forEach((word, index) => {
    params[`word${index}`] = word;
    conditions.push(
      `(instr(p.folded, :word${index}) > 0
        OR p.directory_id IN (SELECT id FROM directories WHERE instr(folded, :word${index}) > 0))`,
    );
  });
  const order = orderBy(sort, joins, params, db);
  const where = conditions.filter((text) => text !== '').join(' AND ');
  const ids = column(
    db,
    `SELECT p.id FROM pictures p ${joins.join(' ')} ${where === '' ? '' : `WHERE ${where}`} ORDER BY ${order}`,
    params,
  ) as number[];
  return Uint32Array.from(ids);
}

function condition(filter: PictureFilter, joins: string[], params: Params, db: Db): string {
  switch (filter.kind) {
    case 'all':
      return '';
    case 'unlabelled':
      return 'p.label IS NULL';
    case 'labelled':
      return 'p.label IN (0, 1)';
    case 'class':
      params.class = filter.class;
      return 'p.label = :class';
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
    case 'import':
      params.importId = filter.importId;
      return 'p.import_id = :importId';
    case 'wrong':
      params.filterRun = runNumber(db, filter.run);
      params.threshold = filter.threshold;
      joins.push('JOIN run_pictures f ON f.run_number = :filterRun AND f.picture_id = p.id');
      return 'p.label IN (0, 1) AND f.probability IS NOT NULL AND (f.probability > :threshold) <> p.label';
  }
}

/** Pictures of which the run says nothing come last. */
function orderBy(sort: PictureSort, joins: string[], params: Params, db: Db): string {
  switch (sort.by) {
    case 'added':
      return sort.descending ? 'p.id DESC' : 'p.id';
    case 'name':
      return sort.descending ? 'p.name_key DESC, p.id DESC' : 'p.name_key, p.id';
    case 'uncertain':
    case 'mislabelled':
      params.sortRun = runNumber(db, sort.run);
      joins.push('LEFT JOIN run_pictures s ON s.run_number = :sortRun AND s.picture_id = p.id');
      if (sort.by === 'uncertain')
        return 'abs(coalesce(s.probability, s.out_of_sample) - 0.5) NULLS LAST, p.id';
      // Out-of-sample where it is known: a model that has learnt a wrong label by heart agrees with it.
      return `CASE p.label WHEN 1 THEN 1 - coalesce(s.out_of_sample, s.probability)
        WHEN 0 THEN coalesce(s.out_of_sample, s.probability) END DESC NULLS LAST, p.id`;
  }
}
