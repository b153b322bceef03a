import { closeSync, openSync } from 'node:fs';
import { hostArchitecture } from '../launch/launcher.ts';
import { syscall } from '../launch/program.ts';
import { O_PATH } from '../linux/flags.ts';
import { filterCall, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS } from './berkeley-filter.ts';
import { isForeignProgram } from './foreign-program.ts';
import { Launcher } from './launch.ts';
import { failedCommand } from './launch-failure.ts';
import type { Command, FailedCommand } from './runner.ts';
import { syscallFilter } from './syscall-filter.ts';

const RLIMIT_CORE = 4;
const SOFT_AND_HARD_BYTES = 16;

/**
 * Finds out whether programs for another processor start, by starting them: which emulators are registered cannot be
 * read in every container. For runners that could not say afterwards why nothing ran.
 */
export class ForeignTrial {
  readonly #architecture = hostArchitecture();
  readonly #launcher = this.#architecture && new Launcher(this.#architecture);

  /** What starting a foreign program fails with; undefined when it starts, and for every other program. */
  failureOf(command: Command): FailedCommand | undefined {
    const [architecture, launcher] = [this.#architecture, this.#launcher];
    if (architecture === undefined || launcher === undefined) return undefined;
    const { root, program, spec } = command;
    if (!isForeignIn(root, program)) return undefined;
    const { execve, write, exit_group } = architecture.syscalls;
    // Whatever starts is ended by its first system call, before it could do anything.
    const filter = {
      calls: [execve, write, exit_group],
      action: SECCOMP_RET_ALLOW,
      otherwise: SECCOMP_RET_KILL_PROCESS,
    };
    const calls = [
      syscall('chroot', root),
      syscall('chdir', '/'),
      syscall('prlimit64', 0, RLIMIT_CORE, Buffer.alloc(SOFT_AND_HARD_BYTES), 0),
      filterCall(syscallFilter(architecture, filter)),
    ];
    const nowhere = openSync('/dev/null', 'w');
    const stdio = ['ignore', nowhere, nowhere] as const;
    const child = launcher.start({ args: [program], env: {}, program, calls, stdio, newPidNamespace: false });
    closeSync(nowhere);
    if ('errno' in child) return failedCommand(child, calls, spec.args[0] ?? '');
    child.kill('SIGKILL');
    return undefined;
  }
}

function isForeignIn(root: string, program: string): boolean {
  const fd = openSync(root, O_PATH);
  try {
    return isForeignProgram(fd, program);
  } finally {
    closeSync(fd);
  }
}
