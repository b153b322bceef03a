import { expect, test } from 'vitest';
import { exitStatusOf } from './error-codes.ts';
import {
  ExecError,
  fromSystemError,
  isTsbuildError,
  redactCredentials,
  TsbuildError,
  UsageError,
  withSource,
} from './errors.ts';

test('credentials in URLs never reach a message', () => {
  expect(redactCredentials('GET https://me:secret@host/v2/: 401')).toBe('GET https://***@host/v2/: 401');
  expect(new TsbuildError('ERR_TSBUILD_REGISTRY', 'https://token@host failed').message).toBe('https://***@host failed');
});

test('an error keeps the first place that it was given', () => {
  const range = { start: { line: 3, column: 0 }, end: { line: 3, column: 4 } };
  const error = new UsageError('wrong');
  withSource(error, range, { name: 'Dockerfile', text: 'FROM x' });
  withSource(error, { start: { line: 9, column: 0 }, end: { line: 9, column: 1 } }, undefined);
  expect(error.range).toEqual(range);
  expect(error.source?.name).toBe('Dockerfile');
});

test('exit statuses follow the code', () => {
  expect(exitStatusOf('ERR_TSBUILD_USAGE')).toBe(2);
  expect(exitStatusOf('ERR_TSBUILD_INTERRUPTED')).toBe(130);
  expect(exitStatusOf('ERR_TSBUILD_EXEC')).toBe(1);
});

test('errors are recognised whichever copy of the package made them', () => {
  expect(isTsbuildError(new ExecError(['false'], 1, ''))).toBe(true);
  expect(isTsbuildError(new Error('no'))).toBe(false);
  expect(isTsbuildError(undefined)).toBe(false);
});

test('a full disk and a missing permission have codes of their own', () => {
  const full = Object.assign(new Error('ENOSPC: no space'), { code: 'ENOSPC' });
  expect(fromSystemError(full, 'writing x')).toMatchObject({
    code: 'ERR_TSBUILD_DISK_FULL',
    message: 'no space left on the device while writing x',
  });
  const denied = Object.assign(new Error('EACCES'), { code: 'EACCES', path: '/root/x' });
  expect(fromSystemError(denied, 'reading')).toMatchObject({
    code: 'ERR_TSBUILD_PERMISSION',
    message: 'permission denied while reading: /root/x',
  });
  const other = new Error('other');
  expect(fromSystemError(other, 'reading')).toBe(other);
});
