import type { Architecture } from './architecture.ts';

/** The launcher for x86-64; see `launcher.ts` for what it does. */
export const X64: Architecture = {
  elfMachine: 62,
  programs: [
    { abi: 'x64', auditArch: 0xc000003e },
    { abi: 'i386', auditArch: 0x40000003 },
  ],
  chownCalls: [92, 93, 94, 260], // chown, fchown, lchown, fchownat
  syscalls: {
    read: 0,
    write: 1,
    close: 3,
    rt_sigprocmask: 14,
    ioctl: 16,
    socket: 41,
    clone: 56,
    execve: 59,
    fcntl: 72,
    chdir: 80,
    umask: 95,
    setpgid: 109,
    setgroups: 116,
    setresuid: 117,
    setresgid: 119,
    capset: 126,
    pivot_root: 155,
    prctl: 157,
    chroot: 161,
    mount: 165,
    umount2: 166,
    sethostname: 170,
    exit_group: 231,
    keyctl: 250,
    openat: 257,
    unshare: 272,
    prlimit64: 302,
    close_range: 436,
  },
  code: [
    '49 89 e4', //                mov  r12, rsp            argc, argv and envp lie on the stack
    '31 c0', //                   xor  eax, eax            read
    'bf 03 00 00 00', //          mov  edi, 3
    'be 00 00 50 00', //          mov  esi, PROGRAM
    'ba 00 00 01 00', //          mov  edx, 65536
    '0f 05', //                   syscall
    'bb 00 00 50 00', //          mov  ebx, PROGRAM
    '48 8b 03', //          next: mov  rax, [rbx]          number of the call, negative at the end
    '48 85 c0', //                test rax, rax
    '78 3b', //                   js   start
    '48 8b 7b 08', //             mov  rdi, [rbx+8]
    '48 8b 73 10', //             mov  rsi, [rbx+16]
    '48 8b 53 18', //             mov  rdx, [rbx+24]
    '4c 8b 53 20', //             mov  r10, [rbx+32]
    '4c 8b 43 28', //             mov  r8, [rbx+40]
    '4c 8b 4b 30', //             mov  r9, [rbx+48]
    '0f 05', //                   syscall
    '48 8b 4b 38', //             mov  rcx, [rbx+56]       1: it may fail; more: where a new process goes on
    '48 85 c0', //                test rax, rax
    '78 0d', //                   js   failed
    '75 10', //                   jne  done
    '48 83 f9 01', //             cmp  rcx, 1
    '76 0a', //                   jbe  done
    '48 89 cb', //                mov  rbx, rcx
    'eb c8', //                   jmp  next
    'f6 c1 01', //        failed: test cl, 1
    '74 1f', //                   je   fail
    '48 83 c3 40', //       done: add  rbx, 64
    'eb bd', //                   jmp  next
    '48 8b 7b 08', //      start: mov  rdi, [rbx+8]        path of the program
    '49 8d 74 24 08', //          lea  rsi, [r12+8]        argv
    '49 8b 04 24', //             mov  rax, [r12]          argc
    '49 8d 54 c4 10', //          lea  rdx, [r12+rax*8+16] envp
    'b8 3b 00 00 00', //          mov  eax, 59             execve
    '0f 05', //                   syscall
    '48 89 1b', //          fail: mov  [rbx], rbx          which call
    '48 89 43 08', //             mov  [rbx+8], rax        and its error
    'bf 04 00 00 00', //          mov  edi, 4
    '48 89 de', //                mov  rsi, rbx
    'ba 10 00 00 00', //          mov  edx, 16
    'b8 01 00 00 00', //          mov  eax, 1              write
    '0f 05', //                   syscall
    'bf ff 00 00 00', //          mov  edi, 255
    'b8 e7 00 00 00', //          mov  eax, 231            exit_group
    '0f 05', //                   syscall
  ],
};
