import { type Completions, NOTHING, offer } from './candidates.ts';
import type { WordsBefore } from './words-before.ts';

/** `[OPTIONS] verify | rm`: the words that an argument may be. */
const VERB = /^[a-z]+$/;
/** `IMAGE...`, `SOURCE_IMAGE[:TAG]`, `NAME[:TAG]`, `[REPOSITORY[:TAG]]` */
const IMAGE = /^\[?(?:\w+_)?(?:IMAGE|NAME|REPOSITORY)\b/;
/** `[TARGET…]` */
const TARGET = /^\[?TARGET\b/;
/** `IMAGE...`: as many as one likes. */
const MANY = /(?:…|\.\.\.)\]?$/;

interface ArgumentRequest {
  readonly usage: string;
  readonly place: WordsBefore;
  readonly current: string;
  readonly cwd: string;
}

/** The argument after those that are there, as the usage of the command tells it. */
export async function completeArgument({ usage, place, current, cwd }: ArgumentRequest): Promise<Completions> {
  const { positionals } = place;
  const word = wordAt(usage, positionals.length);
  const fresh = (names: readonly string[]) =>
    offer(
      names.flatMap((name) => (positionals.includes(name) ? [] : { word: name })),
      current,
    );
  if (IMAGE.test(word)) return fresh(await (await import('./image-names.ts')).imageNames(place, cwd));
  if (TARGET.test(word)) return fresh(await (await import('./bake-names.ts')).bakeNames(place, cwd));
  if (positionals.length > 0) return NOTHING;
  const alternatives = usage.replace('[OPTIONS]', '').split('|');
  const heads = alternatives.map((alternative) => alternative.trim().split(' ')[0] ?? '');
  const verbs = heads.filter((head) => VERB.test(head));
  if (verbs.length > 0) return fresh(verbs);
  if (heads.includes('PATH')) return { candidates: [], paths: 'folders' };
  return heads.includes('FILE') ? { candidates: [], paths: 'files' } : NOTHING;
}

function wordAt(usage: string, position: number): string {
  const words = usage.split(' ').filter((word) => word !== '[OPTIONS]');
  const last = words.at(-1) ?? '';
  return words[position] ?? (MANY.test(last) ? last : '');
}
