import { expect, test } from 'vitest';
import { parseChallenges } from './challenge.ts';

const read = (header: string) =>
  parseChallenges(header).map(({ scheme, parameters }) => [scheme, Object.fromEntries(parameters)]);

test('a bearer challenge as registries write it', () => {
  expect(
    read('Bearer realm="https://auth.test/token",service="registry.test",scope="repository:a/b:pull,push"'),
  ).toEqual([
    ['bearer', { realm: 'https://auth.test/token', service: 'registry.test', scope: 'repository:a/b:pull,push' }],
  ]);
});

test.each([
  ['Basic realm="a \\"b\\" c"', [['basic', { realm: 'a "b" c' }]]],
  ['bearer Realm=x , SERVICE = y', [['bearer', { realm: 'x', service: 'y' }]]],
  [
    'Negotiate, Basic realm="x"',
    [
      ['negotiate', {}],
      ['basic', { realm: 'x' }],
    ],
  ],
  [
    'Bearer realm="a", Basic realm="b"',
    [
      ['bearer', { realm: 'a' }],
      ['basic', { realm: 'b' }],
    ],
  ],
  ['Basic', [['basic', {}]]],
  ['', []],
  ['"nonsense"', []],
  ['Bearer realm="never closed', [['bearer', { realm: '' }]]],
])('%s', (header, expected) => {
  expect(read(header)).toEqual(expected);
});

test('a long hostile header takes no time', () => {
  const before = process.cpuUsage();
  parseChallenges(`Bearer realm="${'\\'.repeat(50_000)}`);
  parseChallenges('a,'.repeat(50_000));
  parseChallenges(`x ${' '.repeat(50_000)}`);
  const { user } = process.cpuUsage(before);
  expect(user).toBeLessThan(1_500_000); // microseconds, of which a step for each pair of characters would take many more
});
