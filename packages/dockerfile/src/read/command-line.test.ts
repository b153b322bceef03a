import { expect, test } from 'vitest';
import { splitCommandLine } from './command-line.ts';

test.each([
  ['RUN', { keyword: 'RUN', flags: [], rest: '' }],
  ['  run \t a  b ', { keyword: 'run', flags: [], rest: 'a  b' }],
  ['COPY --a=1 --b x --c', { keyword: 'COPY', flags: ['--a=1', '--b'], rest: 'x --c' }],
  ['COPY -- --x y', { keyword: 'COPY', flags: [], rest: '--x y' }],
  ['COPY --a="x y" --b=\'"\' z', { keyword: 'COPY', flags: ['--a=x y', '--b="'], rest: 'z' }],
  ['COPY --a=x\\ y\\"z b', { keyword: 'COPY', flags: ['--a=x y"z'], rest: 'b' }],
  ['COPY --ä=ö "--b" c', { keyword: 'COPY', flags: ['--ä=ö'], rest: '"--b" c' }],
  ['COPY --a=x\\', { keyword: 'COPY', flags: ['--a=x'], rest: '' }],
  ['COPY - a', { keyword: 'COPY', flags: [], rest: '- a' }],
])('%j', (text, expected) => {
  expect(splitCommandLine(text, '\\')).toEqual(expected);
});
