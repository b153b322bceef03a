import { expect, test } from 'vitest';
import { seal, sealJson, unseal, unsealJson } from './sealed.ts';

test('a sealed record is a line with a digest, then the body', () => {
  expect(sealJson('layers/ab', { size: 1 }).toString()).toBe(
    'd45b1aaf6566b2fd3e250c48a6a9fbb51c75f6fdd4a9e3d3debec7cb873ab861\n{"size":1}',
  );
});

test('what was sealed is unsealed', () => {
  expect(unseal('a', seal('a', Buffer.from('body')))).toEqual(Buffer.from('body'));
  expect(unsealJson('a', sealJson('a', { size: 1 }))).toEqual({ size: 1 });
  expect(unseal('a', seal('a', Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
});

test('any flipped byte is noticed', () => {
  const sealed = sealJson('a', { size: 1 });

  for (let at = 0; at < sealed.length; at += 1) {
    const damaged = Buffer.from(sealed);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(unsealJson('a', damaged)).toBeUndefined();
  }
});

test('a record under the name of another, a shortened one and junk are nothing', () => {
  const sealed = sealJson('a', { size: 1 });

  expect(unseal('b', sealed)).toBeUndefined();
  expect(unseal('a', sealed.subarray(0, 70))).toBeUndefined();
  expect(unseal('a', Buffer.alloc(0))).toBeUndefined();
  expect(unseal('a', Buffer.alloc(1000))).toBeUndefined();
  expect(unsealJson('a', undefined)).toBeUndefined();
  expect(unsealJson('a', seal('a', Buffer.from('{"size":')))).toBeUndefined();
});
