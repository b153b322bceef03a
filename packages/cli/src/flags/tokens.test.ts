import { expect, test } from 'vitest';
import type { Flag } from './flag.ts';
import { readTokens } from './tokens.ts';

const shape = { origin: 'docker', status: 'supported', help: '' } as const;
const FLAGS: readonly Flag[] = [
  { name: 'tag', short: 't', kind: 'list', ...shape },
  { name: 'file', short: 'f', kind: 'string', ...shape },
  { name: 'quiet', short: 'q', kind: 'bool', ...shape },
  { name: 'no-cache', kind: 'bool', ...shape },
];

function read(...args: string[]) {
  const { given, positionals } = readTokens(FLAGS, args);
  return [given.map(({ flag, value }) => `${flag.name}=${value}`), positionals];
}

test('values stand after a space or an equals sign, flags and arguments in any order', () => {
  expect(read('.', '--tag', 'a', '--tag=b=c', '--quiet')).toEqual([['tag=a', 'tag=b=c', 'quiet=true'], ['.']]);
});

test('short flags are grouped, and take a value with and without a space or an equals sign', () => {
  expect(read('-qfx', '-q', '-f', 'y', '-f=z', '-qt=w')).toEqual([
    ['quiet=true', 'file=x', 'quiet=true', 'file=y', 'file=z', 'quiet=true', 'tag=w'],
    [],
  ]);
});

test('a bool is set to false with an equals sign only', () => {
  expect(read('--no-cache=false', '-q=0', '--quiet', 'false')).toEqual([
    ['no-cache=false', 'quiet=false', 'quiet=true'],
    ['false'],
  ]);
});

test('a value may look like a flag, an argument only after two dashes', () => {
  expect(read('-f', '-', '--tag', '--quiet', '--', '--file', '-q')).toEqual([
    ['file=-', 'tag=--quiet'],
    ['--file', '-q'],
  ]);
});

test.each([
  [['--tga', 'x'], 'unknown flag: --tga', 'did you mean --tag?'],
  [['--zzz=1'], 'unknown flag: --zzz', undefined],
  [['-x'], 'unknown shorthand flag: -x', undefined],
  [['-nocache'], 'unknown shorthand flag: -n in -nocache', 'long flags take two dashes: --nocache'],
  [['--tag'], 'flag --tag needs a value', undefined],
  [['-qf'], 'flag -f needs a value', undefined],
  [['--no-cache=maybe'], 'invalid value "maybe" for --no-cache: expected true or false', undefined],
])('%j is answered with what is wrong', (args, message, hint) => {
  expect(() => readTokens(FLAGS, args)).toThrow(expect.objectContaining({ code: 'ERR_TSBUILD_USAGE', message, hint }));
});
