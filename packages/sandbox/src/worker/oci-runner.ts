import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import type { TierFeatures } from '../protocol.ts';
import { exitStatusOf } from './exit-status.ts';
import { ociConfig } from './oci-config.ts';
import { OutputPipes } from './output-pipes.ts';
import type { Command, Runner, StartedCommand } from './runner.ts';

/** Starts commands with an OCI runtime, which adds seccomp. */
export class OciRunner implements Runner {
  readonly #runtime: 'runc' | 'crun';
  readonly #features: TierFeatures;
  #count = 0;

  constructor(runtime: 'runc' | 'crun', features: TierFeatures) {
    this.#runtime = runtime;
    this.#features = features;
    if (!features.mapsGroups) {
      throw new TsbuildError('ERR_TSBUILD_RUN_UNAVAILABLE', `${runtime} does not work in the tier userns-single`, {
        hint: 'use the built-in runner',
      });
    }
  }

  start(command: Command): StartedCommand {
    const { place, user } = command;
    const bundle = place.newFolder();
    const pidFile = place.newName();
    writeFileSync(`${bundle}/config.json`, JSON.stringify(ociConfig(command, this.#features)), { mode: 0o600 });
    this.#count += 1;
    const args = [
      '--root',
      place.newFolder(),
      'run',
      '--pid-file',
      pidFile,
      '--bundle',
      bundle,
      `tsbuild-${process.ppid}-${this.#count}`,
    ];
    const pipes = new OutputPipes();
    const [stdout, stderr] = pipes.writeEnds(user);
    const child = spawn(this.#runtime, args, { env: { PATH: process.env.PATH }, stdio: ['ignore', stdout, stderr] });
    const kill = () => {
      killContainer(pidFile);
      child.kill('SIGTERM'); // reaches the command if it is not running yet
    };
    return { ...pipes.readEnds(), ended: exitStatusOf(child), kill };
  }
}

/** Its first process is that of its pid namespace, so everything in it ends. */
function killContainer(pidFile: string): void {
  try {
    process.kill(Number(readFileSync(pidFile, 'utf8')), 'SIGKILL');
  } catch {
    // it has not started yet, or has ended
  }
}
