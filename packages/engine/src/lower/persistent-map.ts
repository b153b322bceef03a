/** Entries, and those that were set before them. */
interface Level<V> {
  readonly entries: ReadonlyMap<string, V>;
  readonly below: Level<V> | undefined;
}

/**
 * A map that never changes: setting a key gives another map. Every level is larger than the one above it, so that a
 * key is looked for in log n maps, and n keys set one after another cost n log n. Keys keep the place where they were
 * set first.
 */
export class PersistentMap<V> implements Iterable<[string, V]> {
  readonly #top: Level<V> | undefined;

  private constructor(top: Level<V> | undefined) {
    this.#top = top;
  }

  static of<V>(entries: Iterable<readonly [string, V]> = []): PersistentMap<V> {
    const map = new Map(entries);
    return new PersistentMap(map.size === 0 ? undefined : { entries: map, below: undefined });
  }

  get(key: string): V | undefined {
    for (let level = this.#top; level !== undefined; level = level.below) {
      if (level.entries.has(key)) return level.entries.get(key);
    }
    return undefined;
  }

  with(key: string, value: V): PersistentMap<V> {
    let entries = new Map([[key, value]]);
    let below = this.#top;
    for (; below !== undefined && below.entries.size <= entries.size; below = below.below) {
      entries = new Map([...below.entries, ...entries]);
    }
    return new PersistentMap({ entries, below });
  }

  withAll(entries: Iterable<readonly [string, V]>): PersistentMap<V> {
    let map: PersistentMap<V> = this;
    for (const [key, value] of entries) map = map.with(key, value);
    return map;
  }

  [Symbol.iterator](): Iterator<[string, V]> {
    const levels: ReadonlyMap<string, V>[] = [];
    for (let level = this.#top; level !== undefined; level = level.below) levels.push(level.entries);
    return new Map(levels.reverse().flatMap((entries) => [...entries])).entries();
  }
}
