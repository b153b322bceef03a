import {
  ExecError,
  type ExecResult,
  type Executor,
  type FailedRoot,
  type ProcessSpec,
  SolveError,
  type WrittenLayer,
} from '@tsbuild/core';
import type { ExecVertex } from '../graph.ts';
import type { Solved } from './chain.ts';
import { endedBy, processLimits } from './command-limits.ts';
import type { OpenedMount, PreparedMount } from './exec-mounts.ts';
import { failureHint } from './failure-hint.ts';
import type { SolveContext } from './solve-context.ts';
import { createStepOutput } from './step-output.ts';

/** Runs the command of a RUN when there is room, and gives back the layer that it wrote. @throws {ExecError} */
export async function execute(
  vertex: ExecVertex,
  parent: Solved,
  mounts: readonly PreparedMount[],
  context: SolveContext,
): Promise<WrittenLayer> {
  const executor = await context.executor();
  context.sandboxWarnings.check(executor);
  return context.limit(async () => {
    context.signal?.throwIfAborted();
    const opened = new Map<PreparedMount, OpenedMount>();
    try {
      for (const mount of inLockOrder(mounts)) opened.set(mount, await mount.open());
      const inOrder = mounts.flatMap((mount) => opened.get(mount) ?? []);
      return await runCommand(vertex, parent, inOrder, executor, context);
    } finally {
      for (const { release } of opened.values()) await release?.();
    }
  });
}

function inLockOrder(mounts: readonly PreparedMount[]): PreparedMount[] {
  return [...mounts].sort(({ lockOrder: a = '' }, { lockOrder: b = '' }) => (a < b ? -1 : Number(a > b)));
}

async function runCommand(
  vertex: ExecVertex,
  parent: Solved,
  opened: readonly OpenedMount[],
  executor: Executor,
  context: SolveContext,
): Promise<WrittenLayer> {
  const { layers, store, reporter, limits, signal } = context;
  const { debug } = context;
  const output = createStepOutput(
    opened.flatMap(({ secret }) => secret ?? []),
    (stream, bytes) => reporter.log(vertex.step, stream, bytes),
  );
  const process = { ...processOf(vertex, opened), ...processLimits(limits) };
  const endingOf = (result: ExecResult) => {
    const lastOutput = output.tail();
    return { lastOutput, reason: endedBy(result, limits), hint: failureHint(executor.tier, lastOutput) };
  };
  const onFailure = async (root: FailedRoot) => {
    output.end();
    const { step } = vertex;
    const error = failureOf(vertex, root.result, endingOf(root.result));
    reporter.finish(step, 'failed', { error: error.message });
    await debug?.({ name: step.name, label: step.label, error, root, process, chain: parent.chain }, context);
  };
  const result = await executor.run({
    rootfs: await layers.rootfs(parent.chain, signal),
    process,
    mounts: opened.flatMap((mount) => mount.mounts),
    hasOneOutput: true,
    onOutput: output.push,
    createIngest: () => store.blobs.ingest(),
    onFailure: debug && onFailure,
    signal,
    timeoutMs: limits.timeoutMs,
  });
  output.end();
  return layerOf(vertex, result, endingOf(result));
}

function processOf(vertex: ExecVertex, opened: readonly OpenedMount[]): ProcessSpec {
  const { args, env, proxyEnv, cwd, user, security, hostname, network, extraHosts } = vertex;
  return {
    args,
    env: Object.assign({}, proxyEnv, env, ...opened.map((mount) => mount.env)),
    cwd,
    user,
    isPrivileged: security === 'insecure',
    ...(hostname === undefined ? {} : { hostname }),
    network: network === 'none' ? 'none' : 'host',
    extraHosts: Object.entries(extraHosts).map(([name, address]) => ({ name, address })),
  };
}

interface Ending {
  readonly lastOutput: string;
  readonly reason: string | undefined;
  readonly hint: string | undefined;
}

function layerOf(vertex: ExecVertex, result: ExecResult, ending: Ending): WrittenLayer {
  const { exitCode, layer } = result;
  if (exitCode !== 0) throw failureOf(vertex, result, ending);
  if (layer === undefined) throw new SolveError('ERR_TSBUILD_SANDBOX', 'the sandbox returned no layer');
  return layer;
}

function failureOf(
  { args, step: { range } }: ExecVertex,
  { exitCode }: ExecResult,
  { lastOutput, reason, hint }: Ending,
): ExecError {
  return new ExecError(args, exitCode, lastOutput, { range, reason, hint });
}
