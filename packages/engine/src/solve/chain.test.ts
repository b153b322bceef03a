import { digestOf, toDiffId } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { type Chain, type ChainLayer, extendChain, rootIdentity } from './chain.ts';

function layer(diff: string, content?: string): ChainLayer {
  return { diffId: toDiffId(digestOf(diff)), ...(content === undefined ? {} : { contentId: digestOf(content) }) };
}

test('a chain that grew step by step is the chain of all its layers', () => {
  const layers = [layer('a'), layer('b', 'B'), layer('c', 'C')];
  const whole: Chain = layers;

  const grown = layers.reduce<Chain>((chain, each) => extendChain(chain, each), []);

  expect(grown).toEqual(whole);
  expect(rootIdentity(grown)).toBe(rootIdentity(whole));
  expect(rootIdentity(extendChain(grown, layer('d')))).toBe(rootIdentity([...layers, layer('d')]));
});

test('the identity of a root is that of its contents, in their order', () => {
  expect(rootIdentity([layer('a', 'same')])).toBe(rootIdentity([layer('b', 'same')]));
  expect(rootIdentity([layer('a')])).not.toBe(rootIdentity([layer('b')]));
  expect(rootIdentity([layer('a'), layer('b')])).not.toBe(rootIdentity([layer('b'), layer('a')]));
  expect(rootIdentity([])).not.toBe(rootIdentity([layer('a')]));
});

test('a chain of very many layers has an identity', () => {
  let chain: Chain = [];
  for (let at = 0; at < 5_000; at++) chain = extendChain(chain, layer(String(at)));

  expect(rootIdentity(chain)).toBe(rootIdentity([...chain]));
});
