import type { EscapeChar } from '../ast.ts';
import { dockerfileError, quote } from '../errors.ts';
import { isSpace } from '../read/space.ts';
import { parseShellPattern, removePrefix, removeSuffix, replaceMatches, type ShellPattern } from './shell-pattern.ts';

/** Levels of `${a:-${b:-…}}`. */
const MAX_DEPTH = 100;
/** Characters that variables may add to one text. */
const MAX_SUBSTITUTED = 16 * 1024 * 1024;
/** Steps that the patterns of one text may take. */
const MAX_PATTERN_STEPS = 20_000_000;

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

/**
 * Reads quotes, escapes and `$` as BuildKit's shell lexer does, in one pass.
 * @throws {DockerfileError} ERR_TSBUILD_EXPANSION
 */
export function lex(source: string, lookup: (name: string) => string | undefined, options: LexOptions): LexResult {
  return new Lexer(source, lookup, options).run();
}

/** Collects the value and, if asked to, the words that it falls into. */
class Words {
  readonly #isSplit: boolean;
  readonly #words: string[] = [];
  readonly #parts: string[] = [];
  #word = '';

  constructor(isSplit: boolean) {
    this.#isSplit = isSplit;
  }

  /** Text in which white space separates words. */
  addSplit(text: string): void {
    this.#parts.push(text);
    if (!this.#isSplit) return;
    let start = 0;
    for (let at = 0; at < text.length; at++) {
      if (!isSpace(text.charAt(at))) continue;
      this.#word += text.slice(start, at);
      this.#endWord();
      start = at + 1;
    }
    this.#word += text.slice(start);
  }

  /** Text that belongs to the current word whatever is in it. */
  addWhole(text: string): void {
    this.#parts.push(text);
    if (this.#isSplit) this.#word += text;
  }

  #endWord(): void {
    if (this.#word !== '') this.#words.push(this.#word);
    this.#word = '';
  }

  finish(): { value: string; words: string[] } {
    this.#endWord();
    return { value: this.#parts.join(''), words: this.#words };
  }
}

class Lexer {
  readonly #source: string;
  readonly #lookup: (name: string) => string | undefined;
  readonly #options: LexOptions;
  readonly #used = new Set<string>();
  readonly #unset = new Set<string>();
  #at = 0;
  #depth = 0;
  #substituted = 0;
  #patternSteps = 0;

  constructor(source: string, lookup: (name: string) => string | undefined, options: LexOptions) {
    this.#source = source;
    this.#lookup = lookup;
    this.#options = options;
  }

  run(): LexResult {
    const { value, words } = this.#readUntil(undefined, this.#options.rawEscapes === true);
    return { value, words, used: this.#used, unset: this.#unset };
  }

  #fail(problem: string, hint?: string) {
    return dockerfileError('ERR_TSBUILD_EXPANSION', `failed to process ${quote(this.#source)}: ${problem}`, hint);
  }

  #missing(char: string) {
    return this.#fail(`missing '${char}' in \${}`);
  }

  get #char(): string {
    return this.#source.charAt(this.#at);
  }

  #peekIs(chars: string): boolean {
    return this.#at < this.#source.length && chars.includes(this.#char);
  }

  /** Reads up to `stop` and past it, or to the end. */
  #readUntil(stop: string | undefined, rawEscapes: boolean): { value: string; words: string[] } {
    const words = new Words(this.#options.split === true && this.#depth === 0);
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
    if (stop !== undefined) throw this.#missing(stop);
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

  /** One character, two code units when it is a surrogate pair. */
  #next(): string {
    const code = this.#source.codePointAt(this.#at);
    const char = code === undefined ? '' : String.fromCodePoint(code);
    this.#at += char.length;
    return char;
  }

  #escaped(rawEscapes: boolean): string {
    const escapeChar = this.#next();
    return rawEscapes ? escapeChar + this.#next() : this.#next();
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
    if (end === -1) throw this.#fail('unexpected end while looking for the matching single-quote');
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
    throw this.#fail('unexpected end while looking for the matching double-quote');
  }

  /** Within double quotes an escape goes only before `"`, `$` and itself, else it stays. */
  #escapedInQuotes(rawEscapes: boolean): string {
    const escapeChar = this.#next();
    const kept = rawEscapes ? escapeChar : '';
    if (this.#at >= this.#source.length) return kept;
    const isSpecial = this.#char === '"' || this.#char === '$' || this.#char === escapeChar;
    return kept + (isSpecial ? this.#next() : escapeChar);
  }

  #dollar(): string {
    this.#at++;
    if (this.#char === '{') return this.#limited(() => this.#braces());
    const name = this.#name();
    if (name === '') return '$';
    const value = this.#get(name);
    return value === undefined && this.#options.keepUnset ? `$${name}` : this.#add(value ?? '');
  }

  #limited(read: () => string): string {
    if (++this.#depth > MAX_DEPTH) throw this.#fail(`\${…} is nested more than ${MAX_DEPTH} levels deep`);
    const value = read();
    this.#depth--;
    return value;
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

  #get(name: string): string | undefined {
    const value = this.#lookup(name);
    (value === undefined ? this.#unset : this.#used).add(name);
    return value;
  }

  #add(value: string): string {
    this.#substituted += value.length;
    if (this.#substituted > MAX_SUBSTITUTED) throw this.#fail('the variables expand to more than 16 MiB');
    return value;
  }

  /** What follows `$` when it is `{`. */
  #braces(): string {
    this.#at++;
    if (this.#at >= this.#source.length) throw this.#missing('}');
    if (this.#char === '{' || this.#char === '}' || this.#char === ':') throw this.#fail('bad substitution');
    const name = this.#name();
    if (this.#at >= this.#source.length) throw this.#missing('}');
    const operator = this.#next();
    if (operator === '}') return this.#plainValue(name);
    if (operator === '/') return this.#replace(name);
    if ('+-?'.includes(operator)) return this.#alternative(name, operator, false);
    if (operator === '#' || operator === '%') return this.#remove(name, operator);
    if (operator === ':') return this.#alternative(name, this.#next(), true);
    throw this.#unsupported(operator);
  }

  #unsupported(modifier: string) {
    return this.#fail(
      `unsupported modifier (${modifier}) in substitution`,
      'known are :- - :+ + :? ? # ## % %% / and //',
    );
  }

  #plainValue(name: string): string {
    const value = this.#get(name);
    return value === undefined && this.#options.keepUnset ? `\${${name}}` : this.#add(value ?? '');
  }

  #alternative(name: string, operator: string, emptyIsUnset: boolean): string {
    const modifier = `${emptyIsUnset ? ':' : ''}${operator}`;
    if (operator === '' || !'+-?'.includes(operator)) throw this.#unsupported(modifier);
    const { value: word } = this.#readUntil('}', false);
    const value = this.#get(name);
    if (value === undefined && this.#options.keepUnset) return `\${${name}${modifier}${word}}`;
    const isMissing = value === undefined || (emptyIsUnset && value === '');
    if (operator === '+') return isMissing ? '' : word;
    if (!isMissing) return this.#add(value);
    if (operator === '-') return word;
    const reason = value === undefined ? 'is not allowed to be unset' : 'is not allowed to be empty';
    throw this.#fail(`${name}: ${word === '' ? reason : word}`);
  }

  #remove(name: string, operator: '#' | '%'): string {
    const { value: word } = this.#readUntil('}', true);
    const value = this.#get(name);
    if (value === undefined && this.#options.keepUnset) return `\${${name}${operator}${word}}`;
    const longest = word.startsWith(operator);
    const pattern = this.#pattern(longest ? word.slice(1) : word, value ?? '');
    const remove = operator === '#' ? removePrefix : removeSuffix;
    return this.#add(remove(value ?? '', pattern, longest));
  }

  #replace(name: string): string {
    const all = this.#char === '/';
    if (all) this.#at++;
    const { value: text } = this.#readUntil('/', true);
    const { value: replacement } = this.#readUntil('}', true);
    const value = this.#get(name);
    if (value === undefined && this.#options.keepUnset) return `\${${name}/${text}/${replacement}}`;
    const pattern = this.#pattern(text, value ?? '');
    const growth = all ? (value ?? '').length + 1 : 1;
    if (growth * replacement.length > MAX_SUBSTITUTED) throw this.#fail('the variables expand to more than 16 MiB');
    return this.#add(replaceMatches(value ?? '', pattern, replacement, all));
  }

  /** Reads a pattern that is about to be matched with `value`. */
  #pattern(text: string, value: string): ShellPattern {
    const pattern = parseShellPattern(text);
    if (pattern === undefined) {
      const hint = 'a backslash goes before * ? / } or another backslash';
      throw this.#fail(`invalid escape in pattern ${quote(text)}`, hint);
    }
    this.#patternSteps += (value.length + 1) * (pattern.length + 1);
    if (this.#patternSteps > MAX_PATTERN_STEPS) throw this.#fail('the patterns are too long for values of that length');
    return pattern;
  }
}
