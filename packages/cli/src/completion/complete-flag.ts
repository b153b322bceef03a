import { dashed, type Flag } from '../flags/flag.ts';
import { type Candidate, type Completions, NOTHING, offer } from './candidates.ts';
import type { WordsBefore } from './words-before.ts';

interface FlagRequest {
  readonly flags: readonly Flag[];
  readonly place: WordsBefore;
  readonly current: string;
  readonly cwd: string;
}

export function isFlagWord(word: string): boolean {
  return word.startsWith('-') && word !== '-';
}

/** A flag, or its value: the next word, or what follows `=`. */
export async function completeFlag({ flags, place, current, cwd }: FlagRequest): Promise<Completions> {
  if (place.awaiting !== undefined) return completeValue(place.awaiting, '', current, place, cwd);
  const [, name] = /^--([^=]+)=/.exec(current) ?? [];
  if (name === undefined) return offer(flags.flatMap(describe), current);
  const flag = flags.find((candidate) => candidate.name === name);
  return flag === undefined ? NOTHING : completeValue(flag, `--${name}=`, current, place, cwd);
}

/** Refused flags are not offered. */
function describe(flag: Flag): readonly Candidate[] {
  if (flag.status === 'refused') return [];
  return [{ word: dashed(flag), meaning: flag.status === 'supported' ? flag.help : flag.reason }];
}

/** `default|host|none` */
const CHOICES = /^[a-z]+(\|[a-z]+)*$/;

async function completeValue(
  flag: Flag,
  prefix: string,
  current: string,
  place: WordsBefore,
  cwd: string,
): Promise<Completions> {
  const { kind, placeholder = '', values } = flag;
  const among = (words: readonly string[]) =>
    offer(
      words.map((word) => ({ word: `${prefix}${word}` })),
      current,
    );
  if (kind === 'bool') return among(['true', 'false']);
  if (values !== undefined) return among(values);
  if (placeholder === 'STAGE') return among(await (await import('./stage-names.ts')).stageNames(place, cwd));
  if (placeholder === 'FILE') return { candidates: [], paths: 'files' };
  if (placeholder === 'FOLDER') return { candidates: [], paths: 'folders' };
  return CHOICES.test(placeholder) ? among(placeholder.split('|')) : NOTHING;
}
