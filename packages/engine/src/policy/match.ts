import type { AttributeCondition, MatchType } from './rules.ts';

/** Which identifiers a selector means, and what its parts become in a new one. */
export interface Matcher {
  /** The new identifier, or undefined when the selector does not match; an empty template keeps it as it is. */
  format(identifier: string, template: string): string | undefined;
}

/** @throws {SyntaxError} for a malformed expression */
export function createMatcher(pattern: string, type: MatchType): Matcher {
  const expression = type === 'EXACT' ? undefined : type === 'REGEX' ? regexOf(pattern) : wildcardOf(pattern);
  return {
    format(identifier, template) {
      const match = expression?.exec(identifier) ?? undefined;
      if (match === undefined && identifier !== pattern) return undefined;
      if (template === '' || match === undefined) return template || identifier;
      const text = expand(template, match);
      // As in BuildKit, an expression replaces what it matches, a wildcard the whole.
      return type === 'REGEX' ? identifier.replace(match[0], () => text) : text;
    },
  };
}

export function holds(
  { key, value, condition }: AttributeCondition,
  attributes: Readonly<Record<string, string>>,
): boolean {
  const actual = attributes[key] ?? '';
  if (condition === 'MATCHES') return regexOf(value).test(actual);
  return (actual === value) === (condition === 'EQUAL');
}

/** Go's flags at the start, `(?i)`, are JavaScript's of the whole. */
function regexOf(pattern: string): RegExp {
  const [prefix = '', flags = ''] = /^\(\?([ims]+)\)/.exec(pattern) ?? [];
  return new RegExp(pattern.slice(prefix.length), flags);
}

/** `*` is any text, slashes included. */
function wildcardOf(pattern: string): RegExp {
  const parts = pattern.split('*').map((part) => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'));
  return new RegExp(`^${parts.join('(.*?)')}$`, 's');
}

/** `$1`, `${1}`, `${name}` and `$$`, as Go expands them; what did not match is empty. */
function expand(template: string, match: RegExpExecArray): string {
  return template.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (text, braced?: string, bare?: string) => {
    const name = braced ?? bare;
    if (name === undefined) return text.slice(1);
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? '';
  });
}
