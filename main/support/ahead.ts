/**
 * Maps items with up to `ahead` of them in progress, and yields the results in the order of the items, so that results
 * do not depend on timing. Errors are thrown in order too. Starts no more items once the consumer stops; ends when
 * `signal` is aborted.
 */
export async function* mapAhead<T, R>(
  items: Iterable<T>,
  ahead: number,
  map: (item: T) => Promise<R>,
  signal?: AbortSignal,
): AsyncGenerator<R> {
  const underWay: Promise<R>[] = [];
  const source = items[Symbol.iterator]();
  const start = (): void => {
    const next = source.next();
    if (next.done === true) return;
    const promise = map(next.value);
    promise.catch(() => undefined); // it is awaited below
    underWay.push(promise);
  };
  for (let index = 0; index < ahead; index++) start();
  for (let first = underWay.shift(); first !== undefined; first = underWay.shift()) {
    const result = await first;
    if (signal?.aborted) return;
    yield result;
    start();
  }
}
