import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { TsbuildError } from '@tsbuild/core';

/** Ids that a user may use besides its own. */
export interface IdRange {
  readonly start: number;
  readonly count: number;
}

/** The caller's ranges in `/etc/subuid` or `/etc/subgid`. @throws {TsbuildError} when there are none */
export function subordinateIds(file: '/etc/subuid' | '/etc/subgid', uid: number): readonly IdRange[] {
  const name = userName(uid);
  const ranges = parseRanges(readText(file), [name, String(uid)]);
  if (ranges.length > 0) return ranges;
  throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `${name} has no subordinate ids in ${file}`, {
    hint: `sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${name}`,
  });
}

/** Ranges of the lines `name:start:count` that belong to one of `names`. */
export function parseRanges(text: string, names: readonly string[]): readonly IdRange[] {
  return text.split('\n').flatMap((line) => {
    const [name = '', start = '', count = ''] = line.trim().split(':');
    const isValid = names.includes(name) && /^\d+$/.test(start) && /^\d+$/.test(count) && Number(count) > 0;
    return isValid ? [{ start: Number(start), count: Number(count) }] : [];
  });
}

/** Arguments of newuidmap: the caller is 0, the ranges follow. */
export function mapArguments(own: number, ranges: readonly IdRange[]): readonly string[] {
  const args = ['0', String(own), '1'];
  let next = 1;
  for (const { start, count } of ranges) {
    args.push(String(next), String(start), String(count));
    next += count;
  }
  return args;
}

function userName(uid: number): string {
  try {
    return userInfo().username;
  } catch {
    return String(uid); // no entry in /etc/passwd
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
