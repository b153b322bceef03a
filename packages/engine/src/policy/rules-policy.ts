import { readFile } from 'node:fs/promises';
import { fromSystemError, isTsbuildError, systemErrorCode, UsageError } from '@tsbuild/core';
import { createMatcher, holds, type Matcher } from './match.ts';
import type { PolicySource, PolicyVerdict, SourcePolicy } from './policy-types.ts';
import { type PolicyRule, parseRules } from './rules.ts';

/** A rule that converts what it converted is stopped after as many rounds as in BuildKit. */
const MAX_ROUNDS = 20;

interface PolicyFile {
  readonly name: string;
  readonly rules: readonly (PolicyRule & { readonly matcher: Matcher })[];
}

/** Reads policies; a source is asked of each, and again after every conversion. @throws {UsageError} */
export async function readPolicyFiles(paths: readonly string[]): Promise<SourcePolicy> {
  const files: PolicyFile[] = [];
  for (const path of paths) {
    const text = await readFile(path, 'utf8').catch((cause: unknown) => {
      const known = fromSystemError(cause, `reading policy ${path}`);
      if (isTsbuildError(known)) throw known;
      throw new UsageError(`policy ${path} cannot be read: ${systemErrorCode(cause) ?? 'it is no file'}`, { cause });
    });
    files.push(compileRules(text, path));
  }
  return (source) => evaluate(files, source);
}

/** @throws {UsageError} */
export function compileRules(text: string, name: string): PolicyFile {
  const rules = parseRules(text, name).map((rule, at) => {
    try {
      for (const { value, condition } of rule.constraints) if (condition === 'MATCHES') new RegExp(value);
      return { ...rule, matcher: createMatcher(rule.identifier, rule.matchType) };
    } catch (cause) {
      throw new UsageError(`policy ${name} cannot be read: rule ${at + 1} has a malformed expression`, { cause });
    }
  });
  return { name, rules };
}

interface State {
  readonly identifier: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** Of the rules that allow or deny, the last that matches counts; one that converts starts everything anew. */
export function evaluate(files: readonly PolicyFile[], source: PolicySource): PolicyVerdict {
  let state: State = source;
  for (let round = 0; round <= MAX_ROUNDS; round++) {
    const outcome = evaluateOnce(files, state);
    if (outcome === undefined) return verdictOf(source, state);
    if ('deny' in outcome) return outcome;
    state = outcome;
  }
  return { deny: true, reason: `its rules convert it more than ${MAX_ROUNDS} times` };
}

function evaluateOnce(
  files: readonly PolicyFile[],
  state: State,
): State | Extract<PolicyVerdict, { deny: true }> | undefined {
  for (const { name, rules } of files) {
    let denying: number | undefined;
    for (const [at, rule] of rules.entries()) {
      if (!rule.constraints.every((condition) => holds(condition, state.attributes))) continue;
      const identifier = rule.matcher.format(state.identifier, rule.updates?.identifier ?? '');
      if (identifier === undefined) continue;
      if (rule.action === 'DENY') denying = at + 1;
      else if (rule.action === 'ALLOW') denying = undefined;
      else {
        const attributes = { ...state.attributes, ...rule.updates?.attrs };
        const isSame =
          identifier === state.identifier && JSON.stringify(attributes) === JSON.stringify(state.attributes);
        if (!isSame) return { identifier, attributes };
      }
    }
    if (denying !== undefined) return { deny: true, reason: `rule ${denying} of ${name}` };
  }
  return undefined;
}

const PINS = ['http.checksum', 'git.checksum'];

function verdictOf(source: PolicySource, { identifier, attributes }: State): PolicyVerdict {
  const changed = PINS.find((key) => attributes[key] !== source.attributes[key]);
  const pin = changed === undefined ? undefined : attributes[changed];
  if (identifier !== source.identifier) return { replace: identifier, ...(pin === undefined ? {} : { pin }) };
  return pin === undefined ? { allow: true } : { pin };
}
