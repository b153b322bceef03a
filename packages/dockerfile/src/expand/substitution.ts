import type { DockerfileError } from '@tsbuild/core';
import { quote, shorten } from '../errors.ts';
import type { ExpansionBudget } from './budget.ts';
import { parseShellPattern, removePrefix, removeSuffix, replaceMatches, type ShellPattern } from './shell-pattern.ts';

/** What the forms of `${…}` need of the lexer that reads them. */
export interface SubstitutionReader {
  readonly budget: ExpansionBudget;
  /** True to leave `${…}` as it is when the variable is unset. */
  readonly keepsUnset: boolean;
  /** Takes the next character, an empty string at the end. */
  take(): string;
  /** Takes the next character if it is this one. */
  takeIf(char: string): boolean;
  /** Takes, expanded, what comes before `stop`, and `stop`. */
  takeUntil(stop: '}' | '/', rawEscapes: boolean): string;
  valueOf(name: string): string | undefined;
  missing(char: string): DockerfileError;
  fail(problem: string, hint?: string): DockerfileError;
}

/** Reads on after `${name` and gives what comes in its place. */
export function substitute(reader: SubstitutionReader, name: string): string {
  const operator = reader.take();
  switch (operator) {
    case '':
      throw reader.missing('}');
    case '}':
      return plain(reader, name);
    case ':':
      return alternative(reader, name, reader.take(), true);
    case '#':
    case '%':
      return remove(reader, name, operator);
    case '/':
      return replace(reader, name);
    default:
      return alternative(reader, name, operator, false);
  }
}

function spend(reader: SubstitutionReader, text: string): string {
  reader.budget.spendText(text.length);
  return text;
}

function plain(reader: SubstitutionReader, name: string): string {
  const value = reader.valueOf(name);
  return value === undefined && reader.keepsUnset ? `\${${name}}` : spend(reader, value ?? '');
}

/** `-`, `+` and `?`; with a colon an empty value is as good as none. */
function alternative(reader: SubstitutionReader, name: string, operator: string, hasColon: boolean): string {
  const modifier = `${hasColon ? ':' : ''}${operator}`;
  if (operator !== '-' && operator !== '+' && operator !== '?') {
    const problem = `unsupported modifier (${modifier}) in substitution`;
    throw reader.fail(problem, 'known are :- - :+ + :? ? # ## % %% / and //');
  }
  const word = reader.takeUntil('}', false);
  const value = reader.valueOf(name);
  if (value === undefined && reader.keepsUnset) return `\${${name}${modifier}${word}}`;
  const isMissing = value === undefined || (hasColon && value === '');
  if (operator === '+') return isMissing ? '' : word;
  if (!isMissing) return spend(reader, value);
  if (operator === '-') return word;
  const reason = value === undefined ? 'is not allowed to be unset' : 'is not allowed to be empty';
  throw reader.fail(`${name}: ${word === '' ? reason : shorten(word)}`);
}

/** `#`, `##`, `%` and `%%`. */
function remove(reader: SubstitutionReader, name: string, operator: '#' | '%'): string {
  const word = reader.takeUntil('}', true);
  const value = reader.valueOf(name);
  if (value === undefined && reader.keepsUnset) return `\${${name}${operator}${word}}`;
  const longest = word.startsWith(operator);
  const pattern = readPattern(reader, longest ? word.slice(1) : word, value ?? '');
  const cut = operator === '#' ? removePrefix : removeSuffix;
  return spend(reader, cut(value ?? '', pattern, longest));
}

/** `/` and `//`; unlike in a shell, the slash before the replacement cannot be left out. */
function replace(reader: SubstitutionReader, name: string): string {
  const all = reader.takeIf('/');
  const text = reader.takeUntil('/', true);
  const replacement = reader.takeUntil('}', true);
  const value = reader.valueOf(name);
  if (value === undefined && reader.keepsUnset) return `\${${name}/${text}/${replacement}}`;
  const pattern = readPattern(reader, text, value ?? '');
  reader.budget.spendText((all ? (value ?? '').length + 1 : 1) * replacement.length);
  return spend(reader, replaceMatches(value ?? '', pattern, replacement, all));
}

/** Reads a pattern that is about to be matched with `value`. */
function readPattern(reader: SubstitutionReader, text: string, value: string): ShellPattern {
  const pattern = parseShellPattern(text);
  if (pattern === undefined) {
    const hint = 'a backslash goes before * ? / } or another backslash';
    throw reader.fail(`invalid escape in pattern ${quote(text)}`, hint);
  }
  reader.budget.spendMatch(pattern.length, value.length);
  return pattern;
}
