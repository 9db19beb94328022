/**
 * Maps items in order while up to `ahead` of them are under way: the results come one after the other as if there were
 * no concurrency, so what follows is the same on every machine.
 *
 * Stops starting items when the consumer stops or `signal` is aborted (then it just ends); never rejects for an item
 * that is not its turn yet.
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
    promise.catch(() => undefined); // it is awaited in its turn
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
