import { BakeFileError } from '../errors.ts';

/** Reads the values of a parsed file and names the place of what is not as it should be. */
export class ValueReader {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** A mapping; nothing at all is an empty one. */
  object(value: unknown, place: string): Readonly<Record<string, unknown>> {
    if (value === undefined || value === null) return {};
    if (typeof value === 'object' && !Array.isArray(value)) return { ...value };
    throw this.#wrong(place, 'a mapping', value);
  }

  /** Text; numbers and booleans are as they are written. */
  text(value: unknown, place: string): string {
    if (typeof value === 'string') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
    throw this.#wrong(place, 'text', value);
  }

  flag(value: unknown, place: string): boolean {
    if (typeof value === 'boolean') return value;
    if (value === 'true' || value === 'false') return value === 'true';
    throw this.#wrong(place, 'true or false', value);
  }

  /** A list of texts. An entry may be a mapping, which stands for `key=value,…`. */
  list(value: unknown, place: string): string[] {
    if (!Array.isArray(value)) throw this.#wrong(place, 'a list', value);
    return value.map((entry, at) => {
      const here = `${place}[${at}]`;
      if (typeof entry !== 'object' || entry === null) return this.text(entry, here);
      return Object.entries(this.object(entry, here))
        .map(([key, part]) => csvField(`${key}=${this.text(part, `${here}.${key}`)}`))
        .join(',');
    });
  }

  /** A mapping of texts, or with `=` a list of `key=value`. A key without a value has null. */
  map(value: unknown, place: string): Record<string, string | null> {
    if (!Array.isArray(value)) {
      const entries = Object.entries(this.object(value, place));
      return Object.fromEntries(
        entries.map(([key, part]) => [key, part === null ? null : this.text(part, `${place}.${key}`)]),
      );
    }
    return Object.fromEntries(this.list(value, place).map(splitPair));
  }

  fail(place: string, message: string, hint?: string): BakeFileError {
    return new BakeFileError(this.#file, `${place}: ${message}`, { hint });
  }

  #wrong(place: string, expected: string, value: unknown): BakeFileError {
    const got = Array.isArray(value)
      ? 'a list'
      : value === null
        ? 'nothing'
        : typeof value === 'object'
          ? 'a mapping'
          : JSON.stringify(value);
    return this.fail(place, `expected ${expected}, got ${got}`);
  }
}

/** A field of a comma-separated value, quoted where it holds commas or quotes. */
export function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function splitPair(text: string): [string, string | null] {
  const at = text.indexOf('=');
  return at === -1 ? [text, null] : [text.slice(0, at), text.slice(at + 1)];
}
