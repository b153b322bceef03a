import type { RunReason } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { describeReason } from './reason.ts';

const input = { kind: 'input-changed', input: 'context', more: 0 } as const;

test.each<[RunReason, string]>([
  [{ kind: 'never-built' }, 'never built before'],
  [{ kind: 'no-cache' }, 'the cache was not to be used'],
  [{ kind: 'evicted' }, 'its recorded layer is gone from the store'],
  [
    { kind: 'ttl', ttl: 172_800_000, recorded: '2024-05-01T12:00:00Z' },
    'its last run, at 2024-05-01T12:00:00Z, is older than 2d',
  ],
  [{ ...input, changed: [] }, 'context changed'],
  [{ ...input, changed: ['a'] }, 'a changed'],
  [{ ...input, changed: ['a', 'b'] }, 'a and b changed'],
  [{ ...input, changed: ['a', 'b'], more: 7 }, 'a, b and 7 more changed'],
  [{ kind: 'instruction-changed', from: 'RUN a\n  b', to: 'RUN c' }, 'the instruction changed, it was: RUN a b'],
  [{ kind: 'variable-changed', name: 'VERSION' }, 'variable VERSION changed'],
  [{ kind: 'setting-changed', name: 'USER', from: '', to: 'app' }, 'USER changed from none to app'],
  [{ ...input, changed: ['a'], details: [{ path: 'a', what: 'added' }] }, 'a is new'],
  [{ ...input, changed: ['a'], details: [{ path: 'a', what: 'removed' }] }, 'a was removed'],
  [{ ...input, changed: ['a'], details: [{ path: 'a', what: 'content', from: '1', to: '2' }] }, 'a changed'],
  [
    { ...input, changed: ['a'], details: [{ path: 'a', what: 'mode', from: '0644', to: '0755' }] },
    'the mode of a changed from 0644 to 0755',
  ],
  [
    { ...input, changed: ['a'], details: [{ path: 'a', what: 'link', from: 'b', to: 'c' }] },
    'a leads to c, it led to b',
  ],
  [{ kind: 'base-changed', from: 'sha256:1', to: 'sha256:2' }, 'the base changed from sha256:1 to sha256:2'],
  [
    { kind: 'variable-changed', name: 'VERSION', comparedWith: 'localhost:5000/app:cache' },
    'variable VERSION changed (compared with localhost:5000/app:cache)',
  ],
  [{ kind: 'destination-changed', path: '/app' }, '/app changed below it'],
  [{ kind: 'parent-changed', step: '[2/4] COPY . .' }, '[2/4] COPY . . changed'],
])('%j', (reason, text) => {
  expect(describeReason(reason)).toBe(text);
});
