import { expect, test } from 'vitest';
import type { PolicySource } from './policy-types.ts';
import { compileRules, evaluate } from './rules-policy.ts';

const ALPINE = 'docker-image://docker.io/library/alpine:latest';
const DIGEST = `sha256:${'a'.repeat(64)}`;

test('a source that no rule matches is allowed', () => {
  expect(judge(ALPINE, rule('DENY', 'docker-image://docker.io/library/debian:*'))).toEqual({ allow: true });
});

test('of the rules that allow or deny, the last that matches counts', () => {
  const deny = rule('DENY', 'docker-image://*');
  const allow = rule('ALLOW', 'docker-image://docker.io/library/*');

  expect(judge(ALPINE, deny, allow)).toEqual({ allow: true });
  expect(judge(ALPINE, allow, deny)).toEqual({ deny: true, reason: 'rule 2 of p.json' });
});

test('a source must pass every policy', () => {
  const files = [policy(rule('ALLOW', ALPINE)), policy(rule('DENY', ALPINE))];

  expect(evaluate(files, source(ALPINE))).toEqual({ deny: true, reason: 'rule 1 of p.json' });
});

test('a wildcard takes slashes, an exact selector nothing but itself, an expression any part', () => {
  const deny = { deny: true, reason: 'rule 1 of p.json' };

  expect(judge('docker-image://ghcr.io/a/b:1', rule('DENY', 'docker-image://ghcr.io/*'))).toEqual(deny);
  expect(judge('docker-image://ghcrXio/a', rule('DENY', 'docker-image://ghcr.io/*'))).toEqual({ allow: true });
  expect(judge(ALPINE, rule('DENY', 'docker-image://*', { matchType: 'EXACT' }))).toEqual({ allow: true });
  expect(judge(ALPINE, rule('DENY', '(?i)ALPINE:l', { match_type: 'REGEX' }))).toEqual(deny);
});

test('a conversion pins or replaces, with what the selector matched, and is judged anew', () => {
  const mirror = { updates: { identifier: 'docker-image://mirror.example/$1' } };
  const pinned = { updates: { identifier: `${ALPINE}@${DIGEST}` } };
  const path = { match_type: 2, updates: { identifier: 'mirror.example/' } };

  expect(judge(ALPINE, rule('CONVERT', ALPINE, pinned))).toEqual({ replace: `${ALPINE}@${DIGEST}` });
  expect(judge(ALPINE, rule('CONVERT', 'docker-image://docker.io/*', mirror))).toEqual({
    replace: 'docker-image://mirror.example/library/alpine:latest',
  });
  expect(judge(ALPINE, rule('CONVERT', 'docker\\.io/library/', path))).toEqual({
    replace: 'docker-image://mirror.example/alpine:latest',
  });
  expect(judge(ALPINE, rule('CONVERT', ALPINE, mirror), rule('DENY', 'docker-image://mirror.example/*'))).toEqual({
    deny: true,
    reason: 'rule 2 of p.json',
  });
});

test('a conversion without end is denied', () => {
  const longer = { updates: { identifier: 'docker-image://a/${1}a' } };

  expect(judge('docker-image://a/a', rule('CONVERT', 'docker-image://a/*', longer))).toEqual({
    deny: true,
    reason: 'its rules convert it more than 20 times',
  });
});

test('a checksum pins a download, and constraints look at what is known of it', () => {
  const url = 'https://example.com/a';
  const pinned = rule('CONVERT', 'https://example.com/*', {
    updates: { identifier: '', attrs: { 'http.checksum': DIGEST } },
  });
  const unpinned = rule('DENY', 'https://*', {}, [{ key: 'http.checksum', value: '', condition: 'EQUAL' }]);
  const sha = { key: 'http.checksum', value: '^sha256:', condition: 'MATCHES' };

  expect(judge(url, pinned)).toEqual({ pin: DIGEST });
  expect(judge(url, unpinned)).toEqual({ deny: true, reason: 'rule 1 of p.json' });
  expect(judge(url, unpinned, pinned)).toEqual({ pin: DIGEST });
  expect(judge(url, rule('DENY', 'https://*', {}, [sha]))).toEqual({ allow: true });
});

test.each([
  ['{', 'JSON'],
  ['[]', 'the policy is no object'],
  ['{"rules":{}}', 'rules is no list'],
  ['{"rule":[]}', 'the policy has an unknown member "rule"'],
  ['{"rules":[{"action":"REFUSE","selector":{"identifier":"a"}}]}', 'the action of rule 1 is "REFUSE"'],
  ['{"rules":[{"action":"DENY"}]}', 'the selector of rule 1 is no object'],
  ['{"rules":[{"action":"DENY","selector":{}}]}', 'the identifier of rule 1 is no text'],
  ['{"rules":[{"action":"DENY","selector":{"id":"a"}}]}', 'the selector of rule 1 has an unknown member "id"'],
  ['{"rules":[{"action":"CONVERT","selector":{"identifier":"a"}}]}', 'rule 1 converts to nothing: it has no updates'],
  ['{"rules":[{"selector":{"identifier":"(","match_type":"REGEX"}}]}', 'rule 1 has a malformed expression'],
])('%s is refused', (text, problem) => {
  expect(() => compileRules(text, 'p.json')).toThrow(problem);
});

function judge(identifier: string, ...rules: readonly object[]) {
  return evaluate([policy(...rules)], source(identifier));
}

function policy(...rules: readonly object[]) {
  return compileRules(JSON.stringify({ rules }), 'p.json');
}

function rule(action: string, identifier: string, more: object = {}, constraints: readonly object[] = []) {
  const { updates, ...selector } = { updates: undefined, ...more };
  return { action, selector: { identifier, constraints, ...selector }, updates };
}

function source(identifier: string): PolicySource {
  return { kind: 'image', identifier, name: identifier, attributes: {} };
}
