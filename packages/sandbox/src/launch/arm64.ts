import type { Architecture } from './architecture.ts';

/** The launcher for AArch64, little-endian; see `launcher.ts` for what it does. */
export const ARM64: Architecture = {
  elfMachine: 183,
  programs: [
    { abi: 'arm64', auditArch: 0xc00000b7 },
    { abi: 'arm', auditArch: 0x40000028 },
  ],
  chownCalls: [54, 55], // fchownat, fchown
  syscalls: {
    fcntl: 25,
    ioctl: 29,
    umount2: 39,
    mount: 40,
    pivot_root: 41,
    chdir: 49,
    chroot: 51,
    openat: 56,
    close: 57,
    read: 63,
    write: 64,
    capset: 91,
    exit_group: 94,
    unshare: 97,
    rt_sigprocmask: 135,
    setresuid: 147,
    setresgid: 149,
    setpgid: 154,
    setgroups: 159,
    sethostname: 161,
    umask: 166,
    prctl: 167,
    socket: 198,
    keyctl: 219,
    clone: 220,
    execve: 221,
    prlimit64: 261,
    close_range: 436,
  },
  code: [
    'f3 03 00 91', //       mov  x19, sp             argc, argv and envp lie on the stack
    '60 00 80 d2', //       mov  x0, #3
    '01 0a a0 d2', //       mov  x1, #PROGRAM
    '22 00 a0 d2', //       mov  x2, #65536
    'e8 07 80 d2', //       mov  x8, #63             read
    '01 00 00 d4', //       svc  #0
    '14 0a a0 d2', //       mov  x20, #PROGRAM
    '88 02 40 f9', // next: ldr  x8, [x20]           number of the call, negative at the end
    'c8 01 f8 b7', //       tbnz x8, #63, start
    '80 86 40 a9', //       ldp  x0, x1, [x20, #8]
    '82 8e 41 a9', //       ldp  x2, x3, [x20, #24]
    '84 96 42 a9', //       ldp  x4, x5, [x20, #40]
    '01 00 00 d4', //       svc  #0
    '89 1e 40 f9', //       ldr  x9, [x20, #56]      1: it may fail; more: where a new process goes on
    'a0 00 f8 b7', //       tbnz x0, #63, failed
    'a0 00 00 b5', //       cbnz x0, done
    '89 00 b0 36', //       tbz  w9, #22, done       a bit of every address of a program
    'f4 03 09 aa', //       mov  x20, x9
    'f5 ff ff 17', //       b    next
    '49 01 00 36', // failed: tbz w9, #0, fail
    '94 02 01 91', // done: add  x20, x20, #64
    'f2 ff ff 17', //       b    next
    '80 06 40 f9', // start: ldr x0, [x20, #8]       path of the program
    '61 22 00 91', //       add  x1, x19, #8         argv
    '69 02 40 f9', //       ldr  x9, [x19]           argc
    '62 0e 09 8b', //       add  x2, x19, x9, lsl #3
    '42 40 00 91', //       add  x2, x2, #16         envp
    'a8 1b 80 d2', //       mov  x8, #221            execve
    '01 00 00 d4', //       svc  #0
    '94 02 00 f9', // fail: str  x20, [x20]          which call
    '80 06 00 f9', //       str  x0, [x20, #8]       and its error
    '80 00 80 d2', //       mov  x0, #4
    'e1 03 14 aa', //       mov  x1, x20
    '02 02 80 d2', //       mov  x2, #16
    '08 08 80 d2', //       mov  x8, #64             write
    '01 00 00 d4', //       svc  #0
    'e0 1f 80 d2', //       mov  x0, #255
    'c8 0b 80 d2', //       mov  x8, #94             exit_group
    '01 00 00 d4', //       svc  #0
  ],
};
