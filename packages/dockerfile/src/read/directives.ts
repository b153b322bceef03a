import type { SourceRange } from '@tsbuild/core';
import type { CheckDirective, Directives, EscapeChar } from '../ast.ts';
import { quote, syntaxError } from '../errors.ts';
import { parseCheckOptions } from './check-options.ts';
import { trimSpace } from './space.ts';

const DIRECTIVE = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=(.*)$/s;
const KEYS = ['syntax', 'escape', 'check'];

/** Collects the `# key=value` lines at the top; any other line ends them. */
export class DirectiveReader {
  #isDone = false;
  #escape: EscapeChar = '\\';
  readonly #values = new Map<string, { value: string; range: SourceRange }>();

  get escape(): EscapeChar {
    return this.#escape;
  }

  /** True when the line, trimmed on the left, is a directive and not a comment. @throws {DockerfileError} */
  take(line: string, lineNumber: number): boolean {
    if (this.#isDone) return false;
    const directive = line.startsWith('#') ? parseDirective(line.slice(1)) : undefined;
    if (directive === undefined) {
      this.#isDone = true;
      return false;
    }
    const { key, value } = directive;
    if (this.#values.has(key)) throw syntaxError(`only one ${key} parser directive can be used`);
    this.#values.set(key, {
      value,
      range: { start: { line: lineNumber, column: 0 }, end: { line: lineNumber, column: line.length } },
    });
    if (key === 'escape') this.#escape = toEscapeChar(value);
    return true;
  }

  /** @throws {DockerfileError} when the options of `check` are malformed. */
  finish(): Directives {
    const syntax = this.#values.get('syntax');
    const escapeRange = this.#values.get('escape')?.range;
    const check = this.#values.get('check');
    return {
      escape: this.#escape,
      ...(escapeRange && { escapeRange }),
      ...(syntax && { syntax: firstWord(syntax.value), syntaxRange: syntax.range }),
      ...(check && { check: toCheck(check.value, check.range) }),
    };
  }
}

/** `key=value` of a directive that exists; spaces around both are allowed. */
export function parseDirective(text: string): { key: string; value: string } | undefined {
  const [, name = '', raw = ''] = DIRECTIVE.exec(trimSpace(text)) ?? [];
  const key = name.toLowerCase();
  const value = trimSpace(raw);
  return KEYS.includes(key) && value !== '' ? { key, value } : undefined;
}

function toEscapeChar(value: string): EscapeChar {
  if (value === '\\' || value === '`') return value;
  throw syntaxError(`invalid escape character ${quote(value)}`, 'only \\ and ` can be the escape character');
}

function toCheck(value: string, range: SourceRange): CheckDirective {
  return { ...parseCheckOptions(firstWord(value)), range };
}

function firstWord(value: string): string {
  const space = value.indexOf(' ');
  return space === -1 ? value : value.slice(0, space);
}
