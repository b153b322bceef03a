import { judgePath, type PathVerdict } from '@tsbuild/core';
import type { IgnorePattern } from './ignore-pattern.ts';

/** The line that decided about a path. */
export interface IgnoreDecision {
  readonly isIgnored: boolean;
  /** As written, with its `!`. */
  readonly pattern: string;
  readonly line: number;
}

/**
 * Says which paths a list of patterns leaves out. Paths are relative to the context, without a leading slash or `./`;
 * the root itself is never left out. Asking in the order of a walk is fastest.
 */
export interface IgnoreMatcher {
  readonly patterns: readonly IgnorePattern[];
  /** True when the last pattern that matches the path or a directory above it is no exception. */
  ignores(path: string): boolean;
  /** True for an ignored directory below which no exception can match, so that it need not be read. */
  canSkip(directory: string): boolean;
  /** The line that decided, or undefined when no line speaks of the path. */
  explain(path: string): IgnoreDecision | undefined;
}

/** The verdict on a path. */
interface JudgedPath {
  readonly path: string;
  readonly verdict: PathVerdict;
}

export function createIgnoreMatcher(patterns: readonly IgnorePattern[]): IgnoreMatcher {
  /** The directories above the path that was asked for last, and that path. */
  const chain: JudgedPath[] = [];

  function judge(path: string): PathVerdict | undefined {
    while (chain.length > 0 && !isAtOrBelow(path, chain.at(-1)?.path ?? '')) chain.pop();
    let verdict = chain.at(-1)?.verdict;
    for (let end = chain.at(-1)?.path.length ?? -1; end < path.length; ) {
      const slash = path.indexOf('/', end + 1);
      end = slash === -1 ? path.length : slash;
      const judged = path.slice(0, end);
      verdict = judgePath(patterns, judged, verdict);
      chain.push({ path: judged, verdict });
    }
    return verdict;
  }

  const decidingPattern = (path: string) =>
    path === '' || path === '.' ? undefined : patterns[judge(path)?.decidedBy ?? -1];
  const ignores = (path: string) => decidingPattern(path)?.isException === false;
  return {
    patterns,
    ignores,
    canSkip: (directory) =>
      ignores(directory) && !patterns.some((pattern) => pattern.isException && pattern.canMatchBelow(directory)),
    explain: (path) => {
      const pattern = decidingPattern(path);
      return pattern && { isIgnored: !pattern.isException, pattern: pattern.text, line: pattern.line };
    },
  };
}

function isAtOrBelow(path: string, directory: string): boolean {
  return path.startsWith(directory) && (path.length === directory.length || path[directory.length] === '/');
}
