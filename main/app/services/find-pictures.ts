import type { PictureGroups } from '../../../shared/contract/pictures.ts';
import { TwofoldError } from '../../../shared/errors.ts';
import { pictureQuerySchema, type PictureFilter, type PictureQuery } from '../../../shared/library/query.ts';
import type { LibraryReader } from '../../library/reading/reader.ts';
import type { Suggestions } from './suggestions.ts';

/** The ids of the pictures that match a query, from the database and, where the query needs them, the suggestions. */
export async function findPictures(
  reader: LibraryReader,
  suggestions: Suggestions,
  query: PictureQuery,
): Promise<Uint32Array> {
  const { filter, sort } = query;
  let ids = await reader.read({ kind: 'ids', query });
  if (filter.kind === 'duplicates') return (await suggestions.ask({ kind: 'groups', ids })).ids;
  if (filter.kind === 'alike') return (await suggestions.ask({ kind: 'alike', ids, from: filter.from })).ids;
  if (filter.kind === 'suggested') ids = await suggestions.ask({ kind: 'filter', ids, filter });
  if (sort.by === 'suggestion' || sort.by === 'similar') {
    ids = await suggestions.ask({ kind: 'order', ids, sort });
  }
  return ids;
}

/** Groups of look-alikes or near-duplicates. @throws TwofoldError `bad-input` for another filter */
export async function findGroups(
  reader: LibraryReader,
  suggestions: Suggestions,
  query: PictureQuery,
): Promise<PictureGroups> {
  const { filter } = query;
  if (filter.kind !== 'alike' && filter.kind !== 'duplicates') {
    throw new TwofoldError(
      'bad-input',
      `Expected the filter "alike" or "duplicates", received "${filter.kind}".`,
    );
  }
  const ids = await reader.read({ kind: 'ids', query });
  if (filter.kind === 'duplicates') return suggestions.ask({ kind: 'groups', ids });
  return suggestions.ask({ kind: 'alike', ids, from: filter.from });
}

/** The number of pictures that match each filter. */
export async function countPictures(
  reader: LibraryReader,
  suggestions: Suggestions,
  filters: readonly PictureFilter[],
): Promise<number[]> {
  const counts = await reader.read({ kind: 'matches', filters });
  return Promise.all(
    filters.map(async (filter, index) => {
      if (!['suggested', 'duplicates', 'alike'].includes(filter.kind)) return counts[index]!;
      return (await findPictures(reader, suggestions, pictureQuerySchema.parse({ filter }))).length;
    }),
  );
}
