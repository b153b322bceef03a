import { compileGlob, isTsbuildError } from '@tsbuild/core';
import type { IgnorePattern } from '../ignore/ignore-pattern.ts';
import type { IgnoreMatcher } from '../ignore/matcher.ts';

const EVERYTHING = new Set(['*', '**', '**/*']);

/**
 * True when nothing that a source of COPY names can be in the context, also where exceptions take some files back in.
 * @param source cleaned, without a leading slash; it may hold wildcards. Empty for the context itself.
 */
export function isWhollyIgnored(source: string, ignores: IgnoreMatcher): boolean {
  const exceptions = ignores.patterns.filter(({ isException }) => isException);
  if (source === '') return exceptions.length === 0 && ignores.patterns.some(({ text }) => EVERYTHING.has(text));
  if (!ignores.ignores(source)) return false;
  return /[*?[]/.test(source)
    ? !exceptions.some((exception) => mayTakeBack(exception, source))
    : ignores.canSkip(source);
}

/** A wildcard on both sides is too much to tell: then it may. */
function mayTakeBack({ text }: IgnorePattern, source: string): boolean {
  const path = text.slice(1).trim();
  return /[*?[\\]/.test(path) || path.split('/').some((_, index, parts) => matches(source, parts.slice(0, index + 1)));
}

function matches(source: string, parts: readonly string[]): boolean {
  try {
    return compileGlob(source, { doubleStar: false })(parts.join('/'));
  } catch (error) {
    if (isTsbuildError(error)) return false;
    throw error;
  }
}
