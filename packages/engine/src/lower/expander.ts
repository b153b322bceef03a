import type { SourceRange, SourceText } from '@tsbuild/core';
import { type Environment, type EscapeChar, type ExpandOptions, expandWord } from '@tsbuild/dockerfile';

/** Expands words of one Dockerfile; an error says which instruction holds the word. */
export interface Expander {
  expand(word: string, env: Environment, at: { readonly range: SourceRange }): string;
  /** What the language's own functions take. */
  options(at: { readonly range: SourceRange }): ExpandOptions;
}

export function createExpander(escapeChar: EscapeChar, source: SourceText): Expander {
  const options: Expander['options'] = ({ range }) => ({ escape: escapeChar, range, source });
  return { options, expand: (word, env, at) => expandWord(word, env, options(at)) };
}
