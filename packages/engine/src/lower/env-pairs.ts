/** `NAME=value` as a pair; without an equals sign the value is empty. */
export function splitPair(text: string): [string, string] {
  const equals = text.indexOf('=');
  return equals === -1 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
}

/** `NAME=value` entries with some names set: in the first place that has the name, or at the end. */
export function withPairs(listed: readonly string[], changes: Iterable<readonly [string, string]>): string[] {
  const entries = [...listed];
  const places = new Map(entries.map((entry, place) => [splitPair(entry)[0], place] as const).reverse());
  for (const [name, value] of changes) {
    const place = places.get(name) ?? entries.length;
    entries[place] = `${name}=${value}`;
    places.set(name, place);
  }
  return entries;
}
