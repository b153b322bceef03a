import { quote, syntaxError } from '../errors.ts';
import { parseGoBool } from '../values/go-bool.ts';

/** What `# check=…` and the build argument `BUILDKIT_DOCKERFILE_CHECK` say. */
export interface CheckOptions {
  /** Names of rules that stay silent, or all of them. */
  readonly skip: readonly string[] | 'all';
  /** Names of experimental rules that are on, or all of them. */
  readonly experimental: readonly string[] | 'all';
  /** True when a warning fails the build. */
  readonly error: boolean;
}

/** Reads `skip=A,B;error=true;experimental=all`. @throws {DockerfileError} */
export function parseCheckOptions(text: string): CheckOptions {
  const options = {
    skip: [] as readonly string[] | 'all',
    experimental: [] as readonly string[] | 'all',
    error: false,
  };
  for (const part of text.split(';')) {
    if (part.trim() === '') continue;
    const equals = part.indexOf('=');
    if (equals === -1) throw invalid(part);
    const key = part.slice(0, equals).trim();
    const value = part.slice(equals + 1).trim();
    if (key === 'skip' || key === 'experimental') options[key] = toNames(value);
    else if (key === 'error') options.error = toBoolean(value, part);
    else throw invalid(key);
  }
  return options;
}

function toNames(value: string): readonly string[] | 'all' {
  return value === 'all' ? 'all' : value.split(',').map((name) => name.trim());
}

function toBoolean(value: string, part: string): boolean {
  const result = parseGoBool(value);
  if (result === undefined) throw invalid(part);
  return result;
}

function invalid(part: string) {
  return syntaxError(
    `invalid check option ${quote(part)}`,
    'expected skip=<rules>, error=<bool> or experimental=<rules>',
  );
}
