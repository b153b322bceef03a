import { type TerminalSize, TsbuildError } from '@tsbuild/core';
import type { Architecture } from '../launch/architecture.ts';
import { hostArchitecture } from '../launch/launcher.ts';
import type { Syscall } from '../launch/program.ts';
import type { TierFeatures } from '../protocol.ts';
import { lastCapability } from './capabilities.ts';
import type { Child } from './child.ts';
import { commandCalls, confiningCalls } from './command-calls.ts';
import { hidingCalls } from './kernel-files.ts';
import { Launcher } from './launch.ts';
import { failedCommand } from './launch-failure.ts';
import type { Command, FailedCommand, Runner, StartedCommand } from './runner.ts';
import { sessionCalls } from './session-calls.ts';
import type { Stdio } from './stdio.ts';
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
  readonly #confining = confiningCalls(this.#architecture, this.lastCapability);

  constructor(features: TierFeatures) {
    this.features = features;
  }

  start(command: Command): StartedCommand | FailedCommand {
    return command.terminal === undefined ? this.#startPiped(command) : this.#startAt(command.terminal, command);
  }

  #startPiped(command: Command): StartedCommand | FailedCommand {
    const stdio = new StdioPipes(command);
    try {
      const request = this.#request(command, this.calls(command), stdio);
      const child = this.#launcher.start({ ...request, newPidNamespace: this.isolatesProcesses });
      if ('errno' in child) return failedCommand(child, request.calls, command.spec.args[0] ?? '');
      const ended = this.finish(child.ended, command);
      return { ...this.#means(child, command), streams: stdio.ownEnds(), ended, resize: () => undefined };
    } finally {
      stdio.close();
    }
  }

  #startAt(size: TerminalSize, command: Command): StartedCommand | FailedCommand {
    const terminal = new Terminal(this.multiplexer(command), size);
    let started: ReturnType<Launcher['startInSession']> | undefined;
    try {
      const calls = sessionCalls(this.calls(command), { newPidNamespace: this.isolatesProcesses });
      started = this.#launcher.startInSession({ ...this.#request(command, calls, terminal), newPidNamespace: false });
      if ('errno' in started) return failedCommand(started, calls, command.spec.args[0] ?? '');
    } finally {
      if (started === undefined || 'errno' in started) terminal.close();
    }
    const { child, release } = started;
    return {
      ...this.#means(child, command),
      streams: terminal.ownEnds(),
      ended: this.#finishAt(terminal, child, command).finally(release),
      resize: (to) => terminal.resize(to),
    };
  }

  async #finishAt(terminal: Terminal, child: Child, command: Command): Promise<number> {
    const exitCode = await this.finish(child.ended, command);
    await terminal.finish();
    return exitCode;
  }

  #request({ spec, env, program, user }: Command, calls: readonly Syscall[], stdio: Stdio) {
    return { args: spec.args, env, program, calls, stdio: stdio.childEnds(user) };
  }

  #means(child: Child, command: Command): Pick<StartedCommand, 'kill' | 'signal'> {
    return { kill: () => this.kill(child, command), signal: (signal) => child.kill(signal) };
  }

  /** The root has terminals of its own, whose names the command knows. */
  protected multiplexer({ root }: Command): string {
    return `${root}/dev/pts/ptmx`;
  }

  /** What lies between the start of the launcher and that of the command. */
  protected calls(command: Command): Syscall[] {
    const [architecture, hiding, confining] = [this.#architecture, this.#hiding, this.#confining];
    return commandCalls(command, { features: this.features, architecture, hiding, confining });
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
