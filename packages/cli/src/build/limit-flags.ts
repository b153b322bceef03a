import { UsageError } from '@tsbuild/core';
import type { BuildOptions } from '@tsbuild/engine';

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

const UNITS: Readonly<Record<string, number>> = { '': 0, b: 0, k: 1, m: 2, g: 3, t: 4 };

/** `--shm-size 128m`: bytes, with docker's units of 1024; undefined is the default. @throws {UsageError} */
export function readShmSize(text: string | undefined): Pick<BuildOptions, 'shmSize'> {
  if (text === undefined) return {};
  const [, number, unit] = /^(\d+(?:\.\d+)?) ?([kmgt]?)i?b?$/.exec(text.toLowerCase()) ?? [];
  if (number === undefined) throw malformed('shm-size', text, 'BYTES, as 64m or 1g');
  const shmSize = Math.floor(Number(number) * 1024 ** (UNITS[unit ?? ''] ?? 0));
  return shmSize === 0 ? {} : { shmSize };
}

function malformed(flag: string, text: string, expected: string): UsageError {
  return new UsageError(`malformed value of --${flag}: ${text}`, { hint: `expected ${expected}` });
}
