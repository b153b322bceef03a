import type { Flag } from '../flags/flag.ts';

export const FORMAT_FLAG = {
  name: 'format',
  short: 'f',
  kind: 'string',
  placeholder: 'FORMAT',
  origin: 'docker',
  status: 'supported',
  help: "json, or a Go template such as '{{.ID}}' (fields, json, join, upper, lower, index, len, if, range)",
} as const satisfies Flag;

/** `--format` of lists, which have no short form of it. */
export const ROWS_FORMAT_FLAG = {
  name: 'format',
  kind: 'string',
  placeholder: 'FORMAT',
  origin: 'docker',
  status: 'supported',
  help: "table, 'table TEMPLATE', json, or a Go template for each row",
} as const satisfies Flag;

export const PLATFORM_FLAG = {
  name: 'platform',
  kind: 'string',
  placeholder: 'OS/ARCH',
  origin: 'docker',
  status: 'supported',
  help: 'which of several platforms',
} as const satisfies Flag;

export const QUIET_FLAG = {
  name: 'quiet',
  short: 'q',
  kind: 'bool',
  origin: 'docker',
  status: 'supported',
  help: 'names and ids only',
} as const satisfies Flag;

export const NO_TRUNC_FLAG = {
  name: 'no-trunc',
  kind: 'bool',
  origin: 'docker',
  status: 'supported',
  help: 'show everything in full',
} as const satisfies Flag;
