import { chmodSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { missingFor, runCell } from '../test/cell.ts';
import { CELLS } from '../test/contract.ts';
import { SandboxFixture } from '../test/fixture.ts';
import { compileTracer } from '../test/tracer.ts';

/** Every one that has namespaces, but `root builtin`, of which the other tests of escapes ask the same and more. */
const WITH_NAMESPACES = CELLS.filter((cell) => cell !== 'root builtin' && cell !== 'chroot builtin');

const sh = (command: string) => ['/bin/sh', '-c', command];
const secretAt = (target: string) => ({ kind: 'secret', target, data: 's3cret', mode: 0o444, uid: 0, gid: 0 }) as const;
/** Prints the name of everything that can be written to. */
const writing = (files: string) =>
  sh(`for f in ${files}; do echo x 2> /dev/null > $f && echo "wrote $f"; done; echo end`);

const LEADS_INSIDE = '0 s3cret';

/** The ways out that a root may try; `folder` is on the machine, and belongs to everybody, `tracer` a program. */
function attempts(folder: string, tracer: string) {
  const cache = { kind: 'bind', target: '/c', source: `${folder}/cache`, writable: true, persistent: true } as const;
  const program = { kind: 'bind', target: '/trace', source: tracer, writable: false, persistent: false } as const;
  return {
    'writing to the settings of the kernel': {
      args: writing('/proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys/kernel/uevent_helper /sys/x /proc/x'),
      outcome: '0 end\n',
    },
    'uncovering or remounting what is masked': {
      args: sh(
        'for c in "mount -o remount,rw /sys" "mount -o remount,rw /proc/sys" "umount /proc/sys" "umount -l /proc/kcore" "umount -l /"; do $c 2> /dev/null && echo "done: $c"; done; echo end',
      ),
      outcome: '0 end\n',
    },
    'mounting the machine': {
      args: sh(
        'mount -t proc proc /tmp 2> /dev/null && echo proc; mount --bind /proc/1/root /tmp 2> /dev/null && echo root; mount -t devtmpfs d /tmp 2> /dev/null && echo dev; echo end',
      ),
      outcome: '0 end\n',
    },
    'making the nodes of a disk and of memory': {
      args: sh(
        'for d in / /dev /dev/shm /tmp /c; do mknod $d/mem c 1 1 2> /dev/null; mknod $d/disk b 254 0 2> /dev/null; for n in mem disk; do head -c 1 $d/$n > /dev/null 2>&1 && echo "read $d/$n"; done; done; echo end',
      ),
      mounts: [cache],
      outcome: '0 end\n',
    },
    'processes of the machine': {
      args: sh(
        `kill -0 ${process.pid} 2> /dev/null && echo signalled; cat /proc/${process.pid}/environ 2> /dev/null; ls /proc/1/root | head -1; ls /proc | grep -c '^[0-9][0-9][0-9]'`,
      ),
      outcome: '1 bin\n0\n',
    },
    'tracing or reading processes of the machine': {
      args: ['/trace', String(process.pid)],
      mounts: [program],
      outcome: '0 0 traced, 0 read, 0 opened\n',
    },
    'leaving by .. or an inherited descriptor': {
      args: sh(
        'cd ../../../..; ls | head -1; for f in /proc/self/fd/*; do ls "$f/etc" "$f/.." 2> /dev/null; done; echo end',
      ),
      outcome: '0 bin\nend\n',
    },
    'a mount below a link that an earlier step left in a cache': {
      args: sh('cat /c/out/stolen'),
      mounts: [cache, secretAt('/c/out/stolen')],
      outcome: '0 s3cret',
    },
    'a mount on a link': { args: sh('cat /c/out'), mounts: [cache, secretAt('/c/out')], outcome: LEADS_INSIDE },
    'a mount above the root': { args: sh('cat /x'), mounts: [secretAt('/../../x')], outcome: '0 s3cret' },
  };
}

describe.each(WITH_NAMESPACES)('escaping from %s', (cell) => {
  const missing = missingFor(cell);
  let fixture: SandboxFixture | undefined;
  let outcomes: Readonly<Record<string, string>> = {};
  let folder = '';

  beforeAll(async () => {
    if (missing !== '') return;
    fixture = await SandboxFixture.create();
    folder = join(fixture.folder, 'machine');
    for (const path of [folder, join(folder, 'cache')]) {
      mkdirSync(path);
      chmodSync(path, 0o777);
    }
    symlinkSync(folder, join(folder, 'cache/out'));
    const tracer = join(fixture.folder, 'trace');
    compileTracer(tracer);
    outcomes = await runCell(cell, attempts(folder, tracer), fixture);
  });
  afterAll(async () => {
    await fixture?.[Symbol.asyncDispose]();
  });

  test.skipIf(missing !== '').each(Object.entries(attempts('', '')))(`%s fails${missing}`, (name, { outcome }) => {
    expect(outcomes[name]).toBe(outcome);
  });

  test.skipIf(missing !== '')(`nothing was left outside${missing}`, () => {
    expect(readdirSync(folder)).toEqual(['cache']);
  });
});
