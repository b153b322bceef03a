import { DockerfileError } from '@tsbuild/core';
import { expandRunMounts, type RunInstruction, type RunMount, runProgram } from '@tsbuild/dockerfile';
import type { ExecVertex, MountSpec } from '../graph.ts';
import { shellOf } from './lower-config.ts';
import { cleanAbsolute } from './paths.ts';
import type { StageContext } from './stage-context.ts';
import { type StageState, withHistory, withVertex } from './stage-state.ts';

/** RUN: the command, its environment and its mounts become an exec vertex on top of the stage so far. */
export async function lowerRun(
  instruction: RunInstruction,
  state: StageState,
  context: StageContext,
): Promise<StageState> {
  refuseUnallowed(instruction, context);
  const program = runProgram(instruction);
  const args = program.usesShell ? [...shellOf(state), ...program.args] : program.args;
  const mounts: MountSpec[] = [];
  const parsed = expandRunMounts(instruction.mounts, state.env, context.expander.options(instruction));
  for (const mount of parsed) mounts.push(await lowerMount(mount, instruction, state, context));
  const vertex: ExecVertex = {
    op: 'exec',
    step: context.step(instruction, state),
    parent: state.rootfs,
    args,
    env: Object.fromEntries(state.env),
    proxyEnv: context.proxyEnv,
    cwd: cleanAbsolute(state.config.WorkingDir ?? '/'),
    user: state.config.User ?? '',
    network: instruction.network === 'default' ? context.network : instruction.network,
    security: instruction.security,
    mounts,
    script: program.script,
    extraHosts: context.extraHosts,
    hostname: context.buildArgs.BUILDKIT_SANDBOX_HOSTNAME,
    platform: state.platform,
  };
  return withHistory(withVertex(state, vertex), `RUN ${commandText(args, state)} # buildkit`, vertex);
}

/** What a RUN may only do if the build allows it, by the name of `--allow`. */
function refuseUnallowed({ network, security, range }: RunInstruction, { allowed, source }: StageContext): void {
  const needed = [
    ...(network === 'host' ? ['network.host'] : []),
    ...(security === 'insecure' ? ['security.insecure'] : []),
  ];
  const missing = needed.find((name) => !allowed.has(name));
  if (missing === undefined) return;
  throw new DockerfileError('ERR_TSBUILD_NOT_ALLOWED', `${missing} is not allowed`, {
    range,
    source,
    hint: `allow it with --allow ${missing}`,
  });
}

/** The command as history shows it: behind the number and values of the ARGs in scope. */
function commandText(args: readonly string[], state: StageState): string {
  const values = Array.from(state.args, ([name, value]) => `${name}=${state.env.get(name) ?? value ?? ''}`);
  return [...(values.length === 0 ? [] : [`|${values.length}`]), ...values, ...args].join(' ');
}

async function lowerMount(
  mount: RunMount,
  instruction: RunInstruction,
  state: StageState,
  context: StageContext,
): Promise<MountSpec> {
  const target = mount.target === undefined ? undefined : mountTarget(mount.target, state);
  if (target === '/') {
    throw new DockerfileError('ERR_TSBUILD_DOCKERFILE_SYNTAX', `invalid mount target "${mount.target}"`, {
      range: instruction.range,
      source: context.source,
      hint: mount.target === '' ? 'add target=/PATH' : 'the root itself cannot be a mount target',
    });
  }
  const owner = 'uid' in mount ? { uid: mount.uid, gid: mount.gid } : {};
  switch (mount.type) {
    case 'bind':
      return {
        type: 'bind',
        target: target ?? '',
        source: await mountSource(mount.from, instruction, context),
        path: mount.source ?? '/',
        writable: !mount.readOnly,
      };
    case 'cache':
      return {
        type: 'cache',
        target: target ?? '',
        id: mount.id,
        sharing: mount.sharing,
        source: mount.from === undefined ? undefined : await mountSource(mount.from, instruction, context),
        path: mount.source ?? '/',
        writable: !mount.readOnly,
        mode: mount.mode,
        uid: owner.uid,
        gid: owner.gid,
      };
    case 'tmpfs':
      return { type: 'tmpfs', target: target ?? '', sizeBytes: mount.size };
    case 'secret':
      return {
        type: 'secret',
        id: mount.id,
        target: secretTarget(mount, target),
        env: mount.env,
        required: mount.required,
        mode: mount.mode ?? 0o400,
        uid: owner.uid ?? 0,
        gid: owner.gid ?? 0,
      };
    case 'ssh':
      return {
        type: 'ssh',
        id: mount.id,
        target,
        required: mount.required,
        mode: mount.mode ?? 0o600,
        uid: owner.uid ?? 0,
        gid: owner.gid ?? 0,
      };
    default:
      return mount satisfies never;
  }
}

function secretTarget(mount: Extract<RunMount, { type: 'secret' }>, target: string | undefined): string | undefined {
  if (target !== undefined) return target;
  return mount.env === undefined ? `/run/secrets/${mount.id}` : undefined;
}

function mountTarget(target: string, state: StageState): string {
  return cleanAbsolute(target.startsWith('/') ? target : `${state.config.WorkingDir ?? '/'}/${target}`);
}

async function mountSource(from: string | undefined, instruction: RunInstruction, context: StageContext) {
  return from === undefined ? context.buildContext : await context.from(from, { isCopy: false }, instruction);
}
