import type { EscapeChar } from '../ast.ts';
import { isSpace } from './space.ts';

/**
 * Splits at white space outside of quotes and leaves quotes and escapes in the words, for they are read again when the
 * word is expanded. An escape character at the very end is dropped.
 */
export function splitWords(text: string, escapeChar: EscapeChar): string[] {
  const words: string[] = [];
  for (let at = 0; at < text.length; ) {
    if (isSpace(text.charAt(at))) at++;
    else {
      const { word, end } = readWord(text, at, escapeChar);
      if (word !== '') words.push(word);
      at = end;
    }
  }
  return words;
}

function readWord(text: string, start: number, escapeChar: EscapeChar): { word: string; end: number } {
  let quote = '';
  for (let at = start; at < text.length; at++) {
    const char = text.charAt(at);
    if (char === escapeChar && quote !== "'") {
      if (at + 1 === text.length) return { word: text.slice(start, at), end: text.length };
      at++;
    } else if (quote === '') {
      if (isSpace(char)) return { word: text.slice(start, at), end: at };
      if (char === '"' || char === "'") quote = char;
    } else if (char === quote) quote = '';
  }
  return { word: text.slice(start), end: text.length };
}
