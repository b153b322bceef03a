/** Fields of one stanza by lower-case name; of a field given twice the first counts. */
export type Stanza = ReadonlyMap<string, string>;

/** Stanzas of Debian's control format: `Name: value`, lines that begin with a space continue, blank lines divide. */
export function* readStanzas(text: string): Generator<Stanza> {
  let fields = new Map<string, string>();
  let name = '';
  for (const line of linesOf(text)) {
    if (line.trim() === '') {
      if (fields.size > 0) yield fields;
      fields = new Map();
      name = '';
    } else if (/^[ \t]/.test(line)) {
      const value = fields.get(name);
      if (value !== undefined) fields.set(name, `${value}\n${line.trim()}`);
    } else {
      const colon = line.indexOf(':');
      const key = line.slice(0, colon).toLowerCase();
      name = colon > 0 && !fields.has(key) ? key : '';
      if (name !== '') fields.set(name, line.slice(colon + 1).trim());
    }
  }
  if (fields.size > 0) yield fields;
}

/** Lines one at a time: a file of many short ones is never held as a list. */
export function* linesOf(text: string): Generator<string> {
  for (let start = 0; start < text.length; ) {
    const end = text.indexOf('\n', start);
    const stop = end === -1 ? text.length : end;
    yield text.slice(start, text[stop - 1] === '\r' && stop > start ? stop - 1 : stop);
    start = stop + 1;
  }
}
