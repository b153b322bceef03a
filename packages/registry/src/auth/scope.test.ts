import { expect, test } from 'vitest';
import { covers, mergeScopes, scopeOf } from './scope.ts';

test('pushing asks for pulling too', () => {
  expect(scopeOf('a/b', ['pull'])).toBe('repository:a/b:pull');
  expect(scopeOf('a/b', ['push'])).toBe('repository:a/b:pull,push');
  expect(scopeOf('a/b', ['delete'])).toBe('repository:a/b:delete');
});

test('a wider right covers a narrower one of the same repository', () => {
  const granted = ['repository:a:pull,push', 'repository:localhost:5000/b:*'];
  expect(covers(granted, 'repository:a:pull')).toBe(true);
  expect(covers(granted, 'repository:a:push,pull')).toBe(true);
  expect(covers(granted, 'repository:a:delete')).toBe(false);
  expect(covers(granted, 'repository:b:pull')).toBe(false);
  expect(covers(granted, 'repository:localhost:5000/b:delete')).toBe(true);
});

test('scopes of one repository become one', () => {
  expect(mergeScopes(['repository:b:pull', 'repository:a:pull', 'repository:b:push,pull'])).toEqual([
    'repository:a:pull',
    'repository:b:pull,push',
  ]);
});
