import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingFor, runCell } from '../test/cell.ts';
import type { Cell } from '../test/contract.ts';
import { needsRoot, SandboxFixture } from '../test/fixture.ts';

/** Lifecycle tests ask the same, and more, of `root builtin`. */
const CELLS: readonly Cell[] = ['root runc', 'root crun', 'userns builtin', 'userns-single builtin', 'chroot builtin'];

/** Ignores signals, and has a child in a session of its own, whose program is named by the mark. */
const stubborn = (mark: string) =>
  sh(`${child(mark)}; trap '' TERM INT HUP; (setsid /busybox${mark} sleep 600 &); echo ready; sleep ${mark}`);
const child = (mark: string) => `cp /bin/busybox /busybox${mark}`;
const sh = (command: string) => ({ args: ['/bin/sh', '-c', command] });

const COMMANDS = {
  'a time limit': {
    ...stubborn('98811'),
    timeoutMs: 1500,
    ending: { mark: '98811', isAbort: false },
    outcome: '137 0 processes',
  },
  'an abort': {
    ...stubborn('98812'),
    ending: { mark: '98812', isAbort: true },
    outcome: 'enough: 0 processes',
  },
  'the end of the first process': {
    ...sh(`${child('98813')}; (setsid /busybox98813 sleep 600 < /dev/null > /dev/null 2>&1 &); exit 3`),
    ending: { mark: '98813', isAbort: false },
    outcome: '3 0 processes',
  },
};

describe.skipIf(needsRoot !== '')(`processes that are left of a command${needsRoot}`, () => {
  let fixture: SandboxFixture;
  beforeAll(async () => {
    fixture = await SandboxFixture.create();
  });
  afterAll(async () => {
    await fixture[Symbol.asyncDispose]();
  });

  for (const cell of CELLS) {
    const missing = missingFor(cell);
    test.skipIf(missing !== '')(`none, after a time limit, an abort or its own end, in ${cell}${missing}`, async () => {
      const expected = Object.entries(COMMANDS).map(([name, { outcome }]) => [name, outcome]);
      expect(await runCell(cell, COMMANDS, fixture)).toEqual(Object.fromEntries(expected));
    });
  }
});
