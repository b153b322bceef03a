import { expect, test } from 'vitest';
import { createSecretMask } from './secret-mask.ts';

function masked(secrets: readonly string[], pieces: readonly string[]): string {
  const mask = createSecretMask(secrets.map((secret) => Buffer.from(secret)));
  const out = pieces.map((piece) => Buffer.from(mask.push(Buffer.from(piece))).toString('latin1'));
  return [...out, Buffer.from(mask.flush()).toString('latin1')].join('|');
}

test.each([
  [['hunter2'], ['the password is hunter2, really'], 'the password is ***, really|'],
  [['hunter2\n'], ['hunter2'], '***|'],
  [['hunter2'], ['hun', 'ter2!'], '|***!|'],
  [['hunter2'], ['hun', 'gry'], '|hungry|'],
  [['hunter2'], ['hunt'], '|hunt'],
  [['abc', 'abcdef'], ['xabcdefx'], 'x***x|'],
  [['line one\nline two\n'], ['line two then line one'], '*** then ***|'],
  [['ab'], ['abab'], 'abab|'],
  [[], ['plain'], 'plain|'],
])('%j in %j becomes %j', (secrets, pieces, text) => {
  expect(masked(secrets, pieces)).toBe(text);
});

test('bytes that are not UTF-8 survive', () => {
  const mask = createSecretMask([Buffer.from('secret')]);
  expect([...mask.push(Uint8Array.of(0xff, 0x00, 0xfe))]).toEqual([0xff, 0x00, 0xfe]);
});
