import type { EscapeChar } from '../ast.ts';
import { dockerfileError, quote } from '../errors.ts';
import { ExpansionBudget } from './budget.ts';
import { type SubstitutionReader, substitute } from './substitution.ts';
import { Words } from './words.ts';

export interface LexOptions {
  readonly escape: EscapeChar;
  /** Keeps quotes in the result. */
  readonly rawQuotes?: boolean;
  /** Keeps escape characters in the result. */
  readonly rawEscapes?: boolean;
  /** Quotes are ordinary characters. */
  readonly ignoreQuotes?: boolean;
  /** Leaves `$name` as it is when `name` is unset. */
  readonly keepUnset?: boolean;
  /** Also gives the words of the value. */
  readonly split?: boolean;
}

export interface LexResult {
  readonly value: string;
  /** With `split`: the value split at white space that came from outside of quotes, without empty words. */
  readonly words: readonly string[];
  /** Names that were looked up and set. */
  readonly used: ReadonlySet<string>;
  /** Names that were looked up and not set. */
  readonly unset: ReadonlySet<string>;
}

const NAME_START = /[\p{L}_]/u;
const NAME_PART = /[\p{L}\p{Nd}_]/u;
const DIGIT = /\p{Nd}/u;
const SPECIAL_NAMES = '@*#?-$!0';
const UNCLOSED_QUOTE = 'close the quote, or put an escape character before it if the text has one';

/**
 * Reads quotes, escapes and `$` as BuildKit's shell lexer does, in one pass.
 * @throws {DockerfileError} ERR_TSBUILD_EXPANSION
 */
export function lex(source: string, lookup: (name: string) => string | undefined, options: LexOptions): LexResult {
  return new Lexer(source, lookup, options).run();
}

class Lexer implements SubstitutionReader {
  readonly budget = new ExpansionBudget((problem) => this.fail(problem));
  readonly keepsUnset: boolean;
  readonly #source: string;
  readonly #lookup: (name: string) => string | undefined;
  readonly #options: LexOptions;
  readonly #used = new Set<string>();
  readonly #unset = new Set<string>();
  #at = 0;

  constructor(source: string, lookup: (name: string) => string | undefined, options: LexOptions) {
    this.#source = source;
    this.#lookup = lookup;
    this.#options = options;
    this.keepsUnset = options.keepUnset === true;
  }

  run(): LexResult {
    const { value, words } = this.#readUntil(undefined, this.#options.rawEscapes === true);
    return { value, words, used: this.#used, unset: this.#unset };
  }

  fail(problem: string, hint?: string) {
    return dockerfileError('ERR_TSBUILD_EXPANSION', `failed to process ${quote(this.#source)}: ${problem}`, hint);
  }

  missing(char: string) {
    return this.fail(`missing '${char}' in \${}`);
  }

  get #char(): string {
    return this.#source.charAt(this.#at);
  }

  #peekIs(chars: string): boolean {
    return this.#at < this.#source.length && chars.includes(this.#char);
  }

  takeIf(char: string): boolean {
    if (!this.#peekIs(char)) return false;
    this.#at++;
    return true;
  }

  takeUntil(stop: '}' | '/', rawEscapes: boolean): string {
    return this.#readUntil(stop, rawEscapes).value;
  }

  /** Reads up to `stop` and past it, or to the end. */
  #readUntil(stop: string | undefined, rawEscapes: boolean): { value: string; words: string[] } {
    const words = new Words(this.#options.split === true && !this.budget.isNested);
    while (this.#at < this.#source.length) {
      const char = this.#char;
      if (char === stop) {
        this.#at++;
        return words.finish();
      }
      if (char === '$') words.addSplit(this.#dollar());
      else if (char === '<') words.addWhole(this.#angle());
      else if (char === "'" && !this.#options.ignoreQuotes) words.addWhole(this.#singleQuoted());
      else if (char === '"' && !this.#options.ignoreQuotes) words.addWhole(this.#doubleQuoted(rawEscapes));
      else if (char === this.#options.escape) words.addWhole(this.#escaped(rawEscapes));
      else words.addSplit(this.#plain(stop));
    }
    if (stop !== undefined) throw this.missing(stop);
    return words.finish();
  }

  /** The longest run of characters without a meaning. */
  #plain(stop: string | undefined): string {
    const start = this.#at++;
    while (this.#at < this.#source.length) {
      const char = this.#char;
      if (char === '$' || char === '<' || char === "'" || char === '"') break;
      if (char === stop || char === this.#options.escape) break;
      this.#at++;
    }
    return this.#source.slice(start, this.#at);
  }

  /** One character, two code units when it is a surrogate pair; an empty string at the end. */
  take(): string {
    const code = this.#source.codePointAt(this.#at);
    const char = code === undefined ? '' : String.fromCodePoint(code);
    this.#at += char.length;
    return char;
  }

  #escaped(rawEscapes: boolean): string {
    const escapeChar = this.take();
    return rawEscapes ? escapeChar + this.take() : this.take();
  }

  /** `<<` takes the blanks after it along, so that `<< EOF` is one word. */
  #angle(): string {
    const start = this.#at++;
    if (!this.#peekIs('<')) return '<';
    this.#at++;
    while (this.#peekIs(' \t\r')) this.#at++;
    return this.#source.slice(start, this.#at);
  }

  #singleQuoted(): string {
    const start = this.#at + 1;
    const end = this.#source.indexOf("'", start);
    if (end === -1) throw this.fail('unexpected end while looking for the matching single-quote', UNCLOSED_QUOTE);
    this.#at = end + 1;
    return this.#options.rawQuotes ? this.#source.slice(start - 1, end + 1) : this.#source.slice(start, end);
  }

  #doubleQuoted(rawEscapes: boolean): string {
    const mark = this.#options.rawQuotes ? '"' : '';
    const parts = [mark];
    this.#at++;
    while (this.#at < this.#source.length) {
      const char = this.#char;
      if (char === '"') {
        this.#at++;
        return parts.join('') + mark;
      }
      if (char === '$') parts.push(this.#dollar());
      else if (char === this.#options.escape) parts.push(this.#escapedInQuotes(rawEscapes));
      else parts.push(this.#plain('"'));
    }
    throw this.fail('unexpected end while looking for the matching double-quote', UNCLOSED_QUOTE);
  }

  /** Within double quotes an escape goes only before `"`, `$` and itself, else it stays. */
  #escapedInQuotes(rawEscapes: boolean): string {
    const escapeChar = this.take();
    const kept = rawEscapes ? escapeChar : '';
    if (this.#at >= this.#source.length) return kept;
    const isSpecial = this.#char === '"' || this.#char === '$' || this.#char === escapeChar;
    return kept + (isSpecial ? this.take() : escapeChar);
  }

  #dollar(): string {
    this.#at++;
    if (this.#peekIs('{')) return this.budget.nested(() => this.#braces());
    const name = this.#name();
    if (name === '') return '$';
    const value = this.valueOf(name);
    if (value === undefined && this.keepsUnset) return `$${name}`;
    this.budget.spendText(value?.length ?? 0);
    return value ?? '';
  }

  #name(): string {
    const start = this.#at;
    const first = String.fromCodePoint(this.#source.codePointAt(start) ?? 0x20);
    if (SPECIAL_NAMES.includes(first) && first !== '0') this.#at++;
    else if (DIGIT.test(first)) this.#skipWhile(DIGIT);
    else if (NAME_START.test(first)) this.#skipWhile(NAME_PART);
    return this.#source.slice(start, this.#at);
  }

  #skipWhile(pattern: RegExp): void {
    while (this.#at < this.#source.length) {
      const char = String.fromCodePoint(this.#source.codePointAt(this.#at) ?? 0);
      if (!pattern.test(char)) return;
      this.#at += char.length;
    }
  }

  valueOf(name: string): string | undefined {
    const value = this.#lookup(name);
    (value === undefined ? this.#unset : this.#used).add(name);
    return value;
  }

  /** What follows `$` when it is `{`. */
  #braces(): string {
    this.#at++;
    if (this.#at >= this.#source.length) throw this.missing('}');
    if (this.#peekIs('{}:')) throw this.fail('bad substitution');
    return substitute(this, this.#name());
  }
}
