import type { Flag } from './flag.ts';

/** The store of every command that has one. */
export const ROOT_FLAG = {
  name: 'root',
  kind: 'string',
  placeholder: 'FOLDER',
  origin: 'tsbuild',
  status: 'supported',
  help: 'the store (default $TSBUILD_ROOT)',
} as const satisfies Flag;

/** Of every command that builds. */
export const IGNORE_CHOWN_FLAG = {
  name: 'ignore-chown-errors',
  kind: 'bool',
  origin: 'tsbuild',
  status: 'supported',
  help: 'without subordinate ids, let chown in RUN do nothing instead of failing',
} as const satisfies Flag;

export const RUNNERS = ['builtin', 'runc', 'crun'] as const;

/** Of every command that builds. */
export const PARALLELISM_FLAG = {
  name: 'max-parallelism',
  kind: 'string',
  placeholder: 'N',
  origin: 'tsbuild',
  status: 'supported',
  help: 'steps at work at once (default 16)',
} as const satisfies Flag;

export const HELP_FLAG = {
  name: 'help',
  short: 'h',
  kind: 'bool',
  origin: 'docker',
  status: 'supported',
  help: 'show this help',
} as const satisfies Flag;
