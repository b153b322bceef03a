/** What a shell may offer for the word at the cursor. */
export interface Completions {
  readonly candidates: readonly Candidate[];
  /** What the shell finds itself, besides. */
  readonly paths: 'files' | 'folders' | 'none';
}

export interface Candidate {
  /** The whole word. */
  readonly word: string;
  readonly meaning?: string;
}

export const NOTHING: Completions = { candidates: [], paths: 'none' };

/** Those of `candidates` that begin as the word at the cursor does. */
export function offer(candidates: readonly Candidate[], current: string): Completions {
  return { candidates: candidates.filter(({ word }) => word.startsWith(current)), paths: 'none' };
}
