import { expect, test } from 'vitest';
import { explainExpiry, isExpired } from './expiry.ts';

const NOON = Date.parse('2024-05-01T12:00:00Z');
const HOUR = 3_600_000;

test('a record expires when it is as old as it may be', () => {
  const record = { created: '2024-05-01T11:00:00Z' };

  expect(isExpired(record, HOUR + 1, NOON)).toBe(false);
  expect(isExpired(record, HOUR, NOON)).toBe(true);
  expect(isExpired(record, 0, NOON)).toBe(true);
  expect(isExpired(record, undefined, NOON)).toBe(false);
});

test('a step that ran again and wrote the same is as young as that', () => {
  const record = { created: '2024-01-01T00:00:00Z', confirmed: '2024-05-01T11:59:00Z' };

  expect(isExpired(record, HOUR, NOON)).toBe(false);
  expect(explainExpiry(record, HOUR)).toEqual({ kind: 'ttl', ttl: HOUR, recorded: '2024-05-01T11:59:00Z' });
});

test('a time that nobody can read is no reason to trust the record', () => {
  expect(isExpired({ created: 'yesterday' }, HOUR, NOON)).toBe(true);
});

test('nothing is explained where nothing was recorded or may expire', () => {
  expect(explainExpiry(undefined, HOUR)).toBeUndefined();
  expect(explainExpiry({ created: '2024-01-01T00:00:00Z' }, undefined)).toBeUndefined();
});
