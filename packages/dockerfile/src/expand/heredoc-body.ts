import type { Heredoc } from '../heredoc.ts';
import { atPlace, type Environment, type ExpandOptions, type Expansion, lookupIn } from './expand.ts';
import { lex } from './lexer.ts';

/** The body without the leading tabs of its lines when it is a `<<-` document, else as it is. */
export function heredocContent({ content, chomp }: Heredoc): string {
  return chomp ? content.replace(/(^|\n)\t+/g, '$1') : content;
}

/**
 * The bytes of a file that COPY or ADD write from a here-document: variables are put in and every backslash is taken
 * out, unless the delimiter was quoted. Quotes stay, whatever the escape character of the Dockerfile is.
 * @throws {DockerfileError} as `expandWord`
 */
export function expandHeredoc(heredoc: Heredoc, env: Environment, options?: ExpandOptions): string {
  return expandHeredocDetails(heredoc, env, options).value;
}

/** {@link expandHeredoc}, and which variables it looked at. */
export function expandHeredocDetails(heredoc: Heredoc, env: Environment, options: ExpandOptions = {}): Expansion {
  const content = heredocContent(heredoc);
  if (!heredoc.expand) return { value: content, used: new Set(), unset: new Set() };
  return atPlace(options, () => lex(content, lookupIn(env), { escape: '\\', ignoreQuotes: true }));
}
