/**
 * Notes a value as the latest of a map's, and forgets the one that was noted longest ago where these are
 * more than so many.
 */
export function noteLatest<Key, Value>(
  map: Map<Key, Value>,
  key: Key,
  value: Value,
  most: number,
): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
