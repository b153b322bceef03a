import { TsbuildError } from '@tsbuild/core';
import type { Architecture } from '../launch/architecture.ts';
import { hostArchitecture } from '../launch/launcher.ts';
import type { Syscall } from '../launch/program.ts';
import type { TierFeatures } from '../protocol.ts';
import { lastCapability } from './capabilities.ts';
import type { Child } from './child.ts';
import { commandCalls } from './command-calls.ts';
import { hidingCalls } from './kernel-files.ts';
import { Launcher } from './launch.ts';
import { failedCommand } from './launch-failure.ts';
import type { Command, FailedCommand, Runner, StartedCommand } from './runner.ts';
import { StdioPipes } from './stdio-pipes.ts';
import { Terminal } from './terminal.ts';

/** Starts commands with nothing but the kernel. */
export class BuiltinRunner implements Runner {
  readonly makesCgroups: boolean = false;
  protected readonly features: TierFeatures;
  protected readonly lastCapability = lastCapability();
  /** Commands are the first process of a pid namespace. */
  protected readonly isolatesProcesses: boolean = true;
  readonly #architecture = requireArchitecture();
  readonly #launcher = new Launcher(this.#architecture);
  readonly #hiding = hidingCalls();

  constructor(features: TierFeatures) {
    this.features = features;
  }

  start(command: Command): StartedCommand | FailedCommand {
    const { spec, env, program, user } = command;
    const terminal = command.terminal && new Terminal(this.multiplexer(command), command.terminal);
    const stdio = terminal ?? new StdioPipes(command);
    try {
      const calls = [...stdio.calls, ...this.calls(command)];
      const ends = stdio.childEnds(user);
      const newPidNamespace = this.isolatesProcesses;
      const child = this.#launcher.start({ args: spec.args, env, program, calls, stdio: ends, newPidNamespace });
      if ('errno' in child) return failedCommand(child, calls, spec.args[0] ?? '');
      return {
        streams: stdio.ownEnds(),
        ended: this.finish(child.ended, command),
        kill: () => this.kill(child, command),
        signal: (signal) => child.kill(signal),
        resize: (size) => terminal?.resize(size),
      };
    } finally {
      stdio.close();
    }
  }

  /** The root has terminals of its own, whose names the command knows. */
  protected multiplexer({ root }: Command): string {
    return `${root}/dev/pts/ptmx`;
  }

  /** What lies between the start of the launcher and that of the command. */
  protected calls(command: Command): Syscall[] {
    const { features, lastCapability } = this;
    const [architecture, hiding] = [this.#architecture, this.#hiding];
    return commandCalls(command, { features, lastCapability, architecture, hiding });
  }

  /** Ends the command and everything it started. */
  protected kill(child: Child, _command: Command): void {
    child.kill('SIGKILL'); // with the first process its pid namespace ends
  }

  protected finish(ended: Promise<number>, _command: Command): Promise<number> {
    return ended;
  }
}

function requireArchitecture(): Architecture {
  const architecture = hostArchitecture();
  if (architecture !== undefined) return architecture;
  throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `no built-in runner for the processor ${process.arch}`, {
    hint: 'use --runner runc',
  });
}
