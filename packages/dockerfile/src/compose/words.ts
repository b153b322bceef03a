import { UsageError } from '@tsbuild/core';

/**
 * A value in double quotes. It is what is written in TypeScript, but for `$NAME` and `${NAME}`, which are expanded as in
 * every Dockerfile; `\$` is a dollar sign.
 */
export function quoted(value: string, what: string): string {
  refuseLineBreak(value, what);
  return `"${value.replace(/\\(?!\$)|"/g, '\\$&')}"`;
}

/** A word where it can stand alone, else in double quotes. */
export function word(value: string, what: string): string {
  refuseLineBreak(value, what);
  return /^[^\s"'\\#]+$/.test(value) ? value : quoted(value, what);
}

/** Words of the exec form. */
export function jsonForm(words: readonly string[]): string {
  return `[${words.map((each) => JSON.stringify(each)).join(', ')}]`;
}

/** ` --name=value` for what is given; nothing else is written. */
export function flag(name: string, value: string | number | boolean | undefined): string {
  if (value === undefined || value === false) return '';
  if (value === true) return ` --${name}`;
  const text = String(value);
  refuseLineBreak(text, `--${name}`);
  if (/\s/.test(text)) throw new UsageError(`--${name} cannot hold a blank: ${JSON.stringify(text)}`);
  return ` --${name}=${text}`;
}

/** Octal digits. */
export function octal(mode: string | number | undefined): string | undefined {
  return typeof mode === 'number' ? `0${mode.toString(8)}` : mode;
}

export function refuseLineBreak(value: string, what: string): void {
  if (/[\r\n\0]/.test(value)) throw new UsageError(`${what} cannot hold a line break: ${JSON.stringify(value)}`);
}
