import { expect, test } from 'vitest';
import { seal, sealJson, unseal, unsealJson } from './sealed.ts';

/** As it lies in a file. */
function sealBytes(name: string, body: Uint8Array): Buffer {
  const [head, whole] = seal(name, body);
  return Buffer.concat([Buffer.from(head), whole]);
}

test('a sealed record is a line with a digest, a line with its name, then the body', () => {
  expect(sealJson('layers/ab', { size: 1 })).toBe(
    '15bbcbc7feb616f0cb2aa2519fa5f50dcc58f2fcb03952894774e2ecb867556e\nlayers/ab\n{"size":1}',
  );
  expect(sealBytes('layers/ab', Buffer.from('{"size":1}')).toString()).toBe(sealJson('layers/ab', { size: 1 }));
});

test('what was sealed is unsealed', () => {
  expect(unseal('a', sealBytes('a', Buffer.from('body')))).toEqual(Buffer.from('body'));
  expect(unsealJson('a', sealJson('a', { size: 1 }))).toEqual({ size: 1 });
  expect(unseal('a', sealBytes('a', Buffer.alloc(0)))).toEqual(Buffer.alloc(0));
});

test('any flipped byte is noticed', () => {
  const sealed = Buffer.from(sealJson('a', { size: 1, name: 'é' }));

  for (let at = 0; at < sealed.length; at += 1) {
    const damaged = Buffer.from(sealed);
    damaged[at] = (damaged[at] ?? 0) ^ 1;
    expect(unsealJson('a', damaged.toString())).toBeUndefined();
    expect(unseal('a', damaged)).toBeUndefined();
  }
});

test('a record under the name of another, a shortened one and junk are nothing', () => {
  const sealed = sealJson('a', { size: 1 });

  for (const text of [undefined, '', 'junk'.repeat(100), sealed.slice(0, 70), sealed.slice(0, -1), `${sealed} `]) {
    expect(unsealJson('a', text)).toBeUndefined();
    expect(unseal('a', text === undefined ? undefined : Buffer.from(text))).toBeUndefined();
  }
  expect(unsealJson('b', sealed)).toBeUndefined();
  expect(unseal('b', Buffer.from(sealed))).toBeUndefined();
  expect(unsealJson('a', sealBytes('a', Buffer.from('{"size":')).toString())).toBeUndefined();
});
