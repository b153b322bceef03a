import { UsageError } from '@tsbuild/core';

export type RuleAction = 'ALLOW' | 'DENY' | 'CONVERT';
export type MatchType = 'WILDCARD' | 'EXACT' | 'REGEX';

export interface AttributeCondition {
  readonly key: string;
  readonly value: string;
  readonly condition: 'EQUAL' | 'NOTEQUAL' | 'MATCHES';
}

/** A rule of BuildKit's source policy. */
export interface PolicyRule {
  readonly action: RuleAction;
  readonly identifier: string;
  readonly matchType: MatchType;
  readonly constraints: readonly AttributeCondition[];
  readonly updates: { readonly identifier: string; readonly attrs: Readonly<Record<string, string>> } | undefined;
}

type Members = ReadonlyMap<string, unknown>;

/**
 * Reads the JSON of a source policy. Names may be in snake or camel case, and enumerations numbers, as in BuildKit; a
 * member that the format does not have is an error: a misspelt rule would guard nothing.
 * @throws {UsageError}
 */
export function parseRules(text: string, file: string): readonly PolicyRule[] {
  try {
    const policy = members(JSON.parse(text), 'the policy', ['version', 'rules']);
    return list(policy.get('rules'), 'rules').map(readRule);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    throw new UsageError(`policy ${file} cannot be read: ${problem}`, {
      cause,
      hint: 'expected {"rules": [{"action": "DENY", "selector": {"identifier": "docker-image://*"}}]}',
    });
  }
}

function readRule(value: unknown, at: number): PolicyRule {
  const what = `rule ${at + 1}`;
  const rule = members(value, what, ['action', 'selector', 'updates']);
  const selector = members(rule.get('selector'), `the selector of ${what}`, ['identifier', 'matchtype', 'constraints']);
  const action = choice(rule.get('action'), `the action of ${what}`, ['ALLOW', 'DENY', 'CONVERT']);
  const updates = rule.get('updates');
  if (action === 'CONVERT' && updates === undefined)
    throw new TypeError(`${what} converts to nothing: it has no updates`);
  return {
    action,
    identifier: string(selector.get('identifier'), `the identifier of ${what}`),
    matchType: choice(selector.get('matchtype'), `the match type of ${what}`, ['WILDCARD', 'EXACT', 'REGEX']),
    constraints: list(selector.get('constraints') ?? [], `the constraints of ${what}`).map((each) =>
      readCondition(each, what),
    ),
    updates: updates === undefined ? undefined : readUpdates(updates, what),
  };
}

function readCondition(value: unknown, what: string): AttributeCondition {
  const condition = members(value, `a constraint of ${what}`, ['key', 'value', 'condition']);
  return {
    key: string(condition.get('key'), `the key of a constraint of ${what}`),
    value: string(condition.get('value') ?? '', `the value of a constraint of ${what}`),
    condition: choice(condition.get('condition'), `the condition of ${what}`, ['EQUAL', 'NOTEQUAL', 'MATCHES']),
  };
}

function readUpdates(value: unknown, what: string): NonNullable<PolicyRule['updates']> {
  const updates = members(value, `the updates of ${what}`, ['identifier', 'attrs']);
  const attrs = Object.entries(Object(updates.get('attrs') ?? {}));
  return {
    identifier: string(updates.get('identifier') ?? '', `the new identifier of ${what}`),
    attrs: Object.fromEntries(attrs.map(([key, text]) => [key, string(text, `attribute ${key} of ${what}`)])),
  };
}

/** Members by their names in lower case without underscores. */
function members(value: unknown, what: string, known: readonly string[]): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new TypeError(`${what} is no object`);
  const entries = Object.entries(value).map(
    ([name, member]) => [name.toLowerCase().replaceAll('_', ''), member] as const,
  );
  const unknown = entries.find(([name]) => !known.includes(name));
  if (unknown !== undefined) throw new TypeError(`${what} has an unknown member ${JSON.stringify(unknown[0])}`);
  return new Map(entries);
}

function list(value: unknown, what: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${what} is no list`);
  return value;
}

function string(value: unknown, what: string): string {
  if (typeof value !== 'string') throw new TypeError(`${what} is no text`);
  return value;
}

/** The first is the default; numbers count from it. */
function choice<T extends string>(value: unknown, what: string, choices: readonly [T, ...T[]]): T {
  if (value === undefined) return choices[0];
  const found = typeof value === 'number' ? choices[value] : choices.find((each) => each === value);
  if (found === undefined) throw new TypeError(`${what} is ${JSON.stringify(value)}, expected ${choices.join(', ')}`);
  return found;
}
