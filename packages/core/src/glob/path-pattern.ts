import { compileGlob } from './glob.ts';

/** One pattern of a `.dockerignore` or an `--exclude`. Paths are relative, clean and without a leading slash. */
export interface PathPattern {
  /** True for `!pattern`, which takes back what patterns before it matched. */
  readonly isException: boolean;
  /** True when the pattern matches all of `path`. */
  matches(path: string): boolean;
  /** False when no path below `directory` can match by itself. */
  canMatchBelow(directory: string): boolean;
}

/**
 * Compiles a pattern that is clean and has lost its `!`.
 * @see https://pkg.go.dev/github.com/moby/patternmatcher
 * @throws {TsbuildError} ERR_TSBUILD_PATTERN when it is malformed
 */
export function compilePathPattern(pattern: string, options: { readonly isException: boolean }): PathPattern {
  return {
    isException: options.isException,
    matches: compileWhole(pattern),
    canMatchBelow: compileBelow(pattern),
  };
}

/** As `moby/patternmatcher`: a pattern whose only wildcard is `**` at one end compares text, not path components. */
function compileWhole(pattern: string): (path: string) => boolean {
  const start = /^([^*?[\\]*)\*\*$/.exec(pattern)?.[1];
  if (start !== undefined) return (path) => path.startsWith(start);
  const end = /^\*\*([^*?[\\]+)$/.exec(pattern)?.[1];
  if (end === undefined) return compileGlob(pattern, { doubleStar: true });
  return (path) => path.endsWith(end) || (end.startsWith('/') && path === end.slice(1));
}

/** Compares component by component, and says true where that is not exact. */
function compileBelow(pattern: string): (directory: string) => boolean {
  if (/[[\\]/.test(pattern)) return () => true;
  const components = pattern.split('/').map((component) => ({
    crosses: component.includes('**'),
    matches: compileGlob(component, { doubleStar: false }),
  }));
  return (directory) => {
    const names = directory.split('/');
    for (const [depth, name] of names.entries()) {
      const component = components[depth];
      if (component === undefined) return false;
      if (component.crosses) return true;
      if (!component.matches(name)) return false;
    }
    return components.length > names.length;
  };
}
