import { UsageError } from '@tsbuild/core';

/**
 * Splits the value of a flag such as `type=oci,"dest=a,b.tar"` at its commas. The grammar is that of Go's
 * encoding/csv: a field may stand in double quotes as a whole, and holds `""` for one of them.
 * @throws {UsageError}
 */
export function splitCsv(flag: string, text: string): readonly string[] {
  const fields: string[] = [];
  for (let at = 0; ; ) {
    const field = text[at] === '"' ? readQuoted(flag, text, at) : readBare(flag, text, at);
    fields.push(field.value);
    if (field.end >= text.length) return fields;
    at = field.end + 1;
  }
}

function readBare(flag: string, text: string, start: number): { value: string; end: number } {
  const comma = text.indexOf(',', start);
  const end = comma === -1 ? text.length : comma;
  const value = text.slice(start, end);
  if (value.includes('"')) throw malformed(flag, text, 'a quoted field is quoted as a whole, as in "dest=a,b.tar"');
  return { value, end };
}

function readQuoted(flag: string, text: string, start: number): { value: string; end: number } {
  const closed = /^"((?:[^"]|"")*)"(?=,|$)/.exec(text.slice(start));
  if (closed === null) throw malformed(flag, text, 'a quoted field has no end, or something follows its end');
  const [whole, inner = ''] = closed;
  return { value: inner.replaceAll('""', '"'), end: start + whole.length };
}

function malformed(flag: string, text: string, hint: string): UsageError {
  return new UsageError(`malformed value of ${flag}: ${text}`, { hint });
}

/**
 * Reads `key=value` fields; keys are lower-cased, a key given twice has its last value.
 * @throws {UsageError}
 */
export function readCsvPairs(flag: string, text: string): ReadonlyMap<string, string> {
  return new Map(
    splitCsv(flag, text).map((field) => {
      const at = field.indexOf('=');
      if (at <= 0) throw malformed(flag, text, `expected key=value fields, got ${JSON.stringify(field)}`);
      return [field.slice(0, at).trim().toLowerCase(), field.slice(at + 1)];
    }),
  );
}
