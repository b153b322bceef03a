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
