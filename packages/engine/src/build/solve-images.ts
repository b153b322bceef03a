import { epochOf } from '../epoch.ts';
import { type AssembledImage, assembleImage } from '../image/assemble.ts';
import type { LoweredBuild, LoweredPlatform } from '../lower-build.ts';
import type { BuildOptions } from '../options.ts';
import type { Owner } from '../owner.ts';
import { createDebugFailure } from '../run/debug-failure.ts';
import { createBackground } from '../solve/background.ts';
import { commandLimits } from '../solve/command-limits.ts';
import type { SandboxWarnings } from '../solve/sandbox-warnings.ts';
import type { SolveContext } from '../solve/solve-context.ts';
import { createSolver, type Solver } from '../solve/solver.ts';
import { createSshAgents } from '../solve/ssh-agents.ts';
import { unpackAhead } from '../solve/unpack-ahead.ts';
import type { Attempt } from './attempt.ts';

interface SolvingParts {
  readonly owner: Owner;
  readonly sandboxWarnings: SandboxWarnings;
  /** It was started for commands that will come. */
  readonly hasSandbox: boolean;
}

/** Solves the target for every platform; the first failure cancels everything else, and nothing is left running. */
export async function solveImages(
  { dockerfile, images, vertices, fetched, guard }: LoweredBuild,
  { options, resources, reporter, cancel }: Attempt,
  { owner, sandboxWarnings, hasSandbox }: SolvingParts,
): Promise<readonly AssembledImage[]> {
  const { store, layers, shared, executor, limit, downloads, build: recording } = resources;
  const context: Omit<SolveContext, 'solve'> = {
    store,
    layers,
    shared,
    reporter,
    executor,
    sandboxWarnings,
    owner,
    signal: cancel.signal,
    limit,
    background: createBackground(),
    debug: options.onError && createDebugFailure(options.onError, cancel, options.signal),
    secrets: options.secrets ?? {},
    downloads,
    fetched,
    guard,
    limits: commandLimits(options),
    ssh: createSshAgents(options.ssh ?? {}, owner),
    recording,
  };
  const solver = createSolver(context, dockerfile.source);
  const unpacked = hasSandbox ? unpackAhead(vertices, context) : undefined;
  try {
    solver.start(vertices);
    const assembled = await Promise.all(images.map((image) => assembleSolved(image, options, solver, context)));
    await context.background.ended();
    return assembled;
  } catch (error) {
    cancel.abort(error);
    await solver.settled();
    await context.background.ended().catch(() => undefined); // there is a failure already
    throw error;
  } finally {
    await unpacked;
  }
}

async function assembleSolved(
  { lowered }: LoweredPlatform,
  options: BuildOptions,
  { solve }: Solver,
  context: Omit<SolveContext, 'solve'>,
): Promise<AssembledImage> {
  const { chain } = await solve(lowered.rootfs);
  const epoch = epochOf(options);
  if (epoch === undefined) return assembleImage(lowered, chain, solve, epoch);
  const { atEpoch } = await import('../image/source-date-epoch.ts');
  return assembleImage(lowered, await atEpoch(chain, lowered.rootfs, epoch, context), solve, epoch);
}
