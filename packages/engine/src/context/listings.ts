/** What is in a directory: names in code-unit order, and the number of the entry of each. */
export interface Listing {
  readonly names: readonly string[];
  readonly numbers: readonly number[];
}

/**
 * Directories that were listed. A path is found by its directory and its name there, so that no path is held; who goes through
 * a directory in order finds each name at once.
 */
export class Listings {
  readonly #listings = new Map<string, Listing>();
  #directory = '';
  #listing: Listing | undefined;
  /** Where the last name was. */
  #at = -1;

  get(directory: string): Listing | undefined {
    return this.#listings.get(directory);
  }

  set(directory: string, listing: Listing): void {
    this.#listings.set(directory, listing);
  }

  /** The number of the entry with this path. Undefined when its directory was not listed, or has no such name. */
  find(path: string): number | undefined {
    if (path === '') return undefined;
    const slash = path.lastIndexOf('/');
    const listing = this.#enter(path, slash);
    if (listing === undefined) return undefined;
    const name = path.slice(slash + 1);
    const next = this.#at + 1;
    this.#at = listing.names[next] === name ? next : indexOf(listing.names, name);
    return listing.numbers[this.#at];
  }

  #enter(path: string, slash: number): Listing | undefined {
    const length = Math.max(slash, 0);
    if (this.#listing !== undefined && length === this.#directory.length && path.startsWith(this.#directory))
      return this.#listing;
    this.#directory = path.slice(0, length);
    this.#listing = this.#listings.get(this.#directory);
    this.#at = -1;
    return this.#listing;
  }
}

/** Position of a name, -1 when it is not there. */
function indexOf(names: readonly string[], name: string): number {
  let [low, high] = [0, names.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((names[middle] ?? '') < name) low = middle + 1;
    else high = middle;
  }
  return names[low] === name ? low : -1;
}
