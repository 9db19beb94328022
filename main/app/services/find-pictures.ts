import type { PictureFilter, PictureQuery } from '../../../shared/library/query.ts';
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
  if (filter.kind === 'duplicates') return suggestions.ask({ kind: 'groups', ids });
  if (filter.kind === 'suggested') ids = await suggestions.ask({ kind: 'filter', ids, filter });
  if (sort.by === 'suggestion' || sort.by === 'similar') {
    ids = await suggestions.ask({ kind: 'order', ids, sort });
  }
  return ids;
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
      if (filter.kind !== 'suggested' && filter.kind !== 'duplicates') return counts[index]!;
      const ids = await reader.read({ kind: 'ids', query: { filter } });
      const task =
        filter.kind === 'duplicates'
          ? ({ kind: 'groups', ids } as const)
          : ({ kind: 'filter', ids, filter } as const);
      return (await suggestions.ask(task)).length;
    }),
  );
}
