import { UsageError } from '@tsbuild/core';
import type { BuildOptions } from '@tsbuild/engine';
import { readBytes } from './bytes-value.ts';
import { readDuration } from './duration-value.ts';

type Ulimits = NonNullable<BuildOptions['ulimits']>;

/** `--ulimit NAME=SOFT[:HARD]`; -1 is unlimited. @throws {UsageError} */
export function readUlimits(values: readonly string[]): Ulimits {
  return Object.fromEntries(
    values.map((text) => {
      const [, name, soft, hard] = /^([a-z]+)=(-1|\d+)(?::(-1|\d+))?$/.exec(text) ?? [];
      if (name === undefined || soft === undefined) throw malformed('ulimit', text, 'NAME=SOFT[:HARD]');
      const limits = { soft: Number(soft), hard: Number(hard ?? soft) };
      if (limits.hard !== -1 && (limits.soft === -1 || limits.soft > limits.hard))
        throw new UsageError(`the soft limit of --ulimit ${text} is above the hard one`);
      return [name, limits];
    }),
  );
}

/** `--shm-size 128m`: bytes, with docker's units of 1024; undefined is the default. @throws {UsageError} */
export function readShmSize(text: string | undefined): Pick<BuildOptions, 'shmSize'> {
  if (text === undefined) return {};
  const shmSize = readBytes('shm-size', text);
  return shmSize === 0 ? {} : { shmSize };
}

/** `--step-timeout 5m`. @throws {UsageError} */
export function readStepTimeout(text: string | undefined): Pick<BuildOptions, 'stepTimeout'> {
  return text === undefined || text === '' ? {} : { stepTimeout: readDuration('step-timeout', text) };
}

/** `--max-parallelism 4`. @throws {UsageError} */
export function readParallelism(text: string): number {
  if (/^[1-9]\d{0,4}$/.test(text)) return Number(text);
  throw malformed('max-parallelism', text, 'a number from 1');
}

function malformed(flag: string, text: string, expected: string): UsageError {
  return new UsageError(`malformed value of --${flag}: ${text}`, { hint: `expected ${expected}` });
}
