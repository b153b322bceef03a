import { gzipSync } from 'node:zlib';
import { digestFromHex } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { encodeExplanations, MAX_EXPLANATIONS_BYTES, parseExplanations } from './explanations.ts';

const STEP = {
  lineage: digestFromHex('1'.repeat(64)),
  key: digestFromHex('2'.repeat(64)),
  ingredients: {
    instruction: 'COPY a /',
    variables: { VERSION: '0123456789abcdef' },
    settings: { '--chown': '' },
    files: { context: { a: { type: 'file', content: 'sha256:3' } } },
    root: { base: { name: 'busybox', identity: 'sha256:4' }, steps: [{ name: 'RUN true', identity: 'sha256:5' }] },
  },
} as const;

function parse(steps: unknown) {
  return [...parseExplanations(gzipSync(JSON.stringify({ v: 1, steps }))).values()];
}

test('what is written is read, by the place of the step', () => {
  expect(parseExplanations(encodeExplanations([STEP])).get(STEP.lineage)).toEqual(STEP);
});

test('a step that would make it too large is left out, the others stay', () => {
  const huge = { ...STEP.ingredients, instruction: 'x'.repeat(MAX_EXPLANATIONS_BYTES / 4) };
  const bytes = encodeExplanations([{ ...STEP, ingredients: huge }, STEP]);
  expect([...parseExplanations(bytes).values()]).toEqual([STEP]);
});

test.each([
  ['a place that is no digest', { lineage: 'x' }],
  ['no ingredients', { ingredients: null }],
  ['a file without a type', { ingredients: { ...STEP.ingredients, files: { context: { a: {} } } } }],
  ['a variable that is no text', { ingredients: { ...STEP.ingredients, variables: { A: 1 } } }],
  ['a root without steps', { ingredients: { ...STEP.ingredients, root: { base: STEP.ingredients.root.base } } }],
  ['what a terminal would obey', { ingredients: { ...STEP.ingredients, instruction: 'RUN \u001b[2J' } }],
])('%s is left out', (_, change) => {
  expect(parse([{ ...STEP, ...change }, STEP])).toEqual([STEP]);
});

test('a bomb is refused before it is unpacked', () => {
  expect(() => parseExplanations(gzipSync(Buffer.alloc(MAX_EXPLANATIONS_BYTES + 1)))).toThrow();
});
