interface Link<T> {
  readonly item: T;
  readonly before: Link<T> | undefined;
}

/** A list that never changes: adding an item gives another list, which shares all that comes before. */
export class PersistentList<T> implements Iterable<T> {
  readonly #last: Link<T> | undefined;

  private constructor(last: Link<T> | undefined) {
    this.#last = last;
  }

  static of<T>(items: Iterable<T> = []): PersistentList<T> {
    let last: Link<T> | undefined;
    for (const item of items) last = { item, before: last };
    return new PersistentList(last);
  }

  with(item: T): PersistentList<T> {
    return new PersistentList({ item, before: this.#last });
  }

  [Symbol.iterator](): Iterator<T> {
    const items: T[] = [];
    for (let link = this.#last; link !== undefined; link = link.before) items.push(link.item);
    return items.reverse().values();
  }
}
