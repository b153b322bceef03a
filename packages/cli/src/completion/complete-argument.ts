import { type Completions, NOTHING, offer } from './candidates.ts';

/** `[OPTIONS] verify | rm`: the words that an argument may be. */
const VERB = /^[a-z]+$/;

/** The argument after `count` others, as the usage of the command tells it. */
export function completeArgument(usage: string, count: number, current: string): Completions {
  if (count > 0) return NOTHING;
  const alternatives = usage.replace('[OPTIONS]', '').split('|');
  const heads = alternatives.map((alternative) => alternative.trim().split(' ')[0] ?? '');
  const verbs = heads.filter((head) => VERB.test(head));
  if (verbs.length > 0)
    return offer(
      verbs.map((word) => ({ word })),
      current,
    );
  if (heads.includes('PATH')) return { candidates: [], paths: 'folders' };
  return heads.includes('FILE') ? { candidates: [], paths: 'files' } : NOTHING;
}
