import type { Completions } from './candidates.ts';

/** What the scripts of the shells read: a line for each candidate, with a tab before what it means, and `:files` or so. */
export function completionAnswer({ candidates, paths }: Completions): string {
  const lines = candidates.map(({ word, meaning }) => (meaning === undefined ? word : `${word}\t${meaning}`));
  return [...lines, `:${paths}\n`].join('\n');
}
