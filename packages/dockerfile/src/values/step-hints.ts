import { didYouMean } from '../did-you-mean.ts';
import { quote, syntaxError } from '../errors.ts';
import { parseLifetime } from './lifetime.ts';

/** What comments directly above an instruction say to tsbuild; to other builders they are comments. */
export interface StepHints {
  /** Milliseconds for which a recorded result of the step may be used. */
  readonly ttl?: number;
}

const HINT = /^tsbuild:\s*([A-Za-z][\w-]*)\s*=\s*(\S*)$/;

/**
 * Reads comments of the form `# tsbuild: ttl=1d`; any others are left alone.
 * @throws {DockerfileError} without a place, when a hint is not known or its value malformed.
 */
export function stepHints(comments: readonly string[]): StepHints {
  const hints: { ttl?: number } = {};
  for (const comment of comments) {
    const [, name, value = ''] = HINT.exec(comment) ?? [];
    if (name === undefined) continue;
    if (name !== 'ttl')
      throw syntaxError(
        `unknown hint ${quote(name)}`,
        didYouMean(name, ['ttl']) ?? 'tsbuild knows ttl, as # tsbuild: ttl=1d',
      );
    hints.ttl = parseLifetime(value);
  }
  return hints;
}
