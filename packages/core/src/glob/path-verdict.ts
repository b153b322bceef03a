import type { PathPattern } from './path-pattern.ts';

/** What a list of patterns says of a path; the paths below it are judged with it. */
export interface PathVerdict {
  /** True when the pattern that decided is no exception. */
  readonly isMatch: boolean;
  /** Index of the last pattern that matched the path or a directory above, -1 when none did. */
  readonly decidedBy: number;
  /** By pattern: 1 when it matched, here or further up. */
  readonly matched: Uint8Array;
}

/**
 * Goes through the patterns in order: the last one that matches decides. One that cannot change the verdict so far is not
 * asked, and so does not count as matched for what lies below: BuildKit's walk has that property, too.
 * @param parent the verdict on the directory of `path`, absent at the top
 */
export function judgePath(patterns: readonly PathPattern[], path: string, parent?: PathVerdict): PathVerdict {
  const matched = new Uint8Array(patterns.length);
  let decidedBy = -1;
  let isMatch = false;
  for (const [index, pattern] of patterns.entries()) {
    const isInherited = parent?.matched[index] === 1;
    if (!isInherited && (pattern.isException !== isMatch || !pattern.matches(path))) continue;
    matched[index] = 1;
    decidedBy = index;
    isMatch = !pattern.isException;
  }
  return { isMatch, decidedBy, matched };
}
