import { TsbuildError } from '@tsbuild/core';
import { expect, test } from 'vitest';
import { pointToDoctor } from './point-to-doctor.ts';

test('refusals of the machine say what tells more, once', () => {
  const refusal = new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', 'no user 7', { hint: 'get subordinate ids' });
  const pointed = pointToDoctor(refusal);
  expect(pointed).toMatchObject({ message: 'no user 7', hint: 'get subordinate ids; tsbuild doctor tells more' });
  expect(pointToDoctor(pointed)).toBe(pointed);
  const bare = new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', 'no network');
  expect(pointToDoctor(bare)).toMatchObject({ hint: 'tsbuild doctor tells more' });
});

test('other errors stay what they are', () => {
  const failure = new TsbuildError('ERR_TSBUILD_SANDBOX', 'the worker ended');
  expect(pointToDoctor(failure)).toBe(failure);
  expect(pointToDoctor('x')).toBe('x');
});
