import { lex } from '../expand/lexer.ts';
import type { Heredoc } from '../heredoc.ts';
import { trimStart } from './space.ts';

/** A here-document that a line announces; the body is read afterwards. */
export type HeredocWord = Omit<Heredoc, 'content'>;

const HEREDOC = /^(\d*)<<(-?)([^<]*)$/;
const unset = () => undefined;

/** Reads one word, such as `<<EOF` or `3<<-"EOF"`; undefined when it is something else. */
export function parseHeredocWord(word: string): HeredocWord | undefined {
  const [, descriptor = '', dash, rest = ''] = HEREDOC.exec(word) ?? [];
  const delimiter = trimStart(rest);
  if (delimiter === '') return undefined;
  const [name, ...more] = lex(delimiter, unset, { escape: '\\', keepUnset: true, split: true }).words;
  if (name === undefined || more.length > 0) return undefined;
  const [raw = ''] = lex(delimiter, unset, { escape: '\\', keepUnset: true, rawQuotes: true, split: true }).words;
  return {
    name,
    expand: countQuotes(name) === countQuotes(raw),
    chomp: dash === '-',
    fileDescriptor: Number.parseInt(descriptor, 10) || 0,
  };
}

function countQuotes(text: string): number {
  return text.split(/['"]/).length - 1;
}

/** All that a line announces, in order. A line that the lexer cannot read announces none: it is left to the shell. */
export function findHeredocWords(line: string): HeredocWord[] {
  if (!line.includes('<<')) return [];
  return lexOrNothing(line).flatMap((word) => {
    const heredoc = word.includes('<<') ? parseHeredocWord(word) : undefined;
    return heredoc === undefined ? [] : [heredoc];
  });
}

function lexOrNothing(line: string): readonly string[] {
  try {
    return lex(line, unset, { escape: '\\', keepUnset: true, rawQuotes: true, rawEscapes: true, split: true }).words;
  } catch {
    return [];
  }
}
