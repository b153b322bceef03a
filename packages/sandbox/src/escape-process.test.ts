import { expect } from 'vitest';
import { describeEscape } from '../test/escape.ts';

/** Tries every process but itself, by its number outside, too. */
const TRACE = String.raw`
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>
int main(int count, char **args) {
  int traced = 0, read = 0, opened = 0, last = atoi(args[1]);
  char byte;
  struct iovec ours = { &byte, 1 }, theirs = { (void *)0x400000, 1 };
  for (int pid = 1; pid <= last; pid++) {
    if (pid == getpid()) continue;
    traced += ptrace(PTRACE_SEIZE, pid, 0, 0) == 0;
    read += process_vm_readv(pid, &ours, 1, &theirs, 1, 0) > 0;
    opened += syscall(434, pid, 0) >= 0; /* pidfd_open */
  }
  printf("%d traced, %d read, %d opened\n", traced, read, opened);
}
`;

describeEscape('other processes', {
  'none of the machine can be seen or signalled': async (sandbox) => {
    const { stdout } = await sandbox.run(
      `ls /proc | grep -c '^[0-9][0-9]'; kill -0 ${process.pid} 2> /dev/null || echo none; cat /proc/${process.pid}/environ 2> /dev/null; ls /proc/1/root/ | head -1`,
    );
    expect(stdout).toBe('0\nnone\nbin\n');
  },
  'their shared memory and host name cannot be reached': async (sandbox) => {
    const { stdout } = await sandbox.run('ipcs -m | grep -c 0x; hostname changed 2> /dev/null; hostname');
    expect(stdout).toBe('0\nbuildkitsandbox\n');
  },
  'none outside can be traced or read': async (sandbox) => {
    const layer = await sandbox.layer(`gcc -static -o trace -x c - <<'EOF'\n${TRACE}EOF\n`);
    const { stdout } = await sandbox.run(['/trace', String(process.pid)], { rootfs: [sandbox.base, layer] });
    expect(stdout).toBe('0 traced, 0 read, 0 opened\n');
  },
});
