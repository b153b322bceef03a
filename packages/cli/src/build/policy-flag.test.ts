import { expect, test } from 'vitest';
import { readPolicy } from './policy-flag.ts';

test('files are those of the flag, after that of the environment', () => {
  expect(readPolicy([], '/work', {})).toEqual({});
  expect(readPolicy(['a.json', '/b.json'], '/work', { EXPERIMENTAL_BUILDKIT_SOURCE_POLICY: 'c.json' })).toEqual({
    policy: { files: ['/work/c.json', '/work/a.json', '/b.json'] },
  });
});

test.each(['policy.rego', 'filename=policy.json', 'reset=true'])('%s is refused', (text) => {
  expect(() => readPolicy([text], '/work', {})).toThrow(
    `--policy ${text} is not supported: policies in Rego are not evaluated`,
  );
});
