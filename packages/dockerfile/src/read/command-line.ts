import type { EscapeChar } from '../ast.ts';
import { cutAtBlank, isSpace, trimSpace } from './space.ts';

/** An instruction taken apart as far as all kinds have in common. */
export interface CommandLine {
  /** As written. */
  readonly keyword: string;
  /** The leading `--flag` words without their quotes and escapes. */
  readonly flags: readonly string[];
  /** What follows, trimmed. */
  readonly rest: string;
}

export function splitCommandLine(text: string, escapeChar: EscapeChar): CommandLine {
  const [keyword, rest] = cutAtBlank(trimSpace(text));
  if (rest === undefined) return { keyword, flags: [], rest: '' };
  const { flags, end } = readFlags(rest, escapeChar);
  return { keyword, flags, rest: trimSpace(rest.slice(end)) };
}

/** Flags end at the first word that does not begin with `--`, and after a bare `--`. */
function readFlags(text: string, escapeChar: EscapeChar): { flags: string[]; end: number } {
  const flags: string[] = [];
  let at = 0;
  while (at < text.length) {
    if (isSpace(text.charAt(at))) at++;
    else if (!text.startsWith('--', at)) break;
    else {
      const { word, end } = readFlag(text, at, escapeChar);
      at = end;
      if (word === '--') break;
      flags.push(word);
    }
  }
  return { flags, end: at };
}

function readFlag(text: string, start: number, escapeChar: EscapeChar): { word: string; end: number } {
  const parts: string[] = [];
  let quote = '';
  let copied = start;
  let at = start;
  for (; at < text.length; at++) {
    const char = text.charAt(at);
    if (quote === '' && isSpace(char)) break;
    const isMark = quote === '' ? char === '"' || char === "'" : char === quote;
    if (!isMark && char !== escapeChar) continue;
    parts.push(text.slice(copied, at));
    copied = at + 1;
    if (isMark) quote = quote === '' ? char : '';
    else at++;
  }
  parts.push(text.slice(copied, Math.min(at, text.length)));
  return { word: parts.join(''), end: Math.min(at, text.length) };
}
