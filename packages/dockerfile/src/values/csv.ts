import { syntaxError } from '../errors.ts';

/**
 * The fields of one CSV record: a field may be quoted as a whole, and a quote in it is doubled.
 * @throws {DockerfileError} for a stray quote.
 */
export function parseCsvFields(text: string): string[] {
  const fields: string[] = [];
  let at = 0;
  for (;;) {
    const { field, end } = text[at] === '"' ? quotedField(text, at) : plainField(text, at);
    fields.push(field);
    if (end >= text.length) return fields;
    at = end + 1;
  }
}

function plainField(text: string, start: number): { field: string; end: number } {
  const comma = text.indexOf(',', start);
  const end = comma === -1 ? text.length : comma;
  const field = text.slice(start, end);
  if (field.includes('"')) throw syntaxError('bare " in a field of --mount', 'put quotes around the whole field');
  return { field, end };
}

function quotedField(text: string, start: number): { field: string; end: number } {
  const parts: string[] = [];
  for (let from = start + 1; ; ) {
    const mark = text.indexOf('"', from);
    if (mark === -1) throw syntaxError('missing " at the end of a field of --mount');
    parts.push(text.slice(from, mark));
    if (text[mark + 1] !== '"') {
      const end = mark + 1;
      if (end < text.length && text[end] !== ',') throw syntaxError('text after a quoted field of --mount');
      return { field: parts.join(''), end };
    }
    parts.push('"');
    from = mark + 2;
  }
}
