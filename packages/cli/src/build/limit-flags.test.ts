import { expect, test } from 'vitest';
import { readParallelism, readShmSize, readStepTimeout, readUlimits } from './limit-flags.ts';

test('--ulimit takes one limit for both, or two', () => {
  expect(readUlimits(['nofile=1024', 'nproc=10:-1', 'core=-1'])).toEqual({
    nofile: { soft: 1024, hard: 1024 },
    nproc: { soft: 10, hard: -1 },
    core: { soft: -1, hard: -1 },
  });
});

test.each([
  ['nofile', 'malformed value of --ulimit: nofile'],
  ['nofile=a', 'malformed value of --ulimit: nofile=a'],
  ['nofile=2:1', 'the soft limit of --ulimit nofile=2:1 is above the hard one'],
])('--ulimit %s is refused', (text, message) => {
  expect(() => readUlimits([text])).toThrow(message);
});

test.each([
  ['1048576', 1_048_576],
  ['64k', 65_536],
  ['1.5g', 1_610_612_736],
  ['128MB', 134_217_728],
  ['2GiB', 2_147_483_648],
])('--shm-size %s', (text, shmSize) => {
  expect(readShmSize(text)).toEqual({ shmSize });
});

test('--shm-size 0 is the default, and anything else is refused', () => {
  expect([readShmSize('0'), readShmSize(undefined)]).toEqual([{}, {}]);
  expect(() => readShmSize('big')).toThrow('malformed value of --shm-size: big');
});

test('--max-parallelism and --step-timeout', () => {
  expect([readParallelism('4'), readStepTimeout('90s'), readStepTimeout('')]).toEqual([4, { stepTimeout: 90_000 }, {}]);
  for (const text of ['0', '-1', 'x', '1.5'])
    expect(() => readParallelism(text)).toThrow(`malformed value of --max-parallelism: ${text}`);
});
