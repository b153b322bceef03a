const VALUES: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'TRUE', 'True'].map((text) => [text, true] as const),
  ...['0', 'f', 'F', 'false', 'FALSE', 'False'].map((text) => [text, false] as const),
]);

/** The spellings of a boolean that Go's `strconv.ParseBool` knows; undefined for any other. */
export function parseGoBool(text: string): boolean | undefined {
  return VALUES.get(text);
}
