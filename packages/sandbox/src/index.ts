export type { RunnerName, SandboxOptions } from './options.ts';
export { createTreeRemover, removeTree, type TreeRemover } from './remove-tree.ts';
export { createSandbox } from './sandbox.ts';
export { probeRunners, probeTiers } from './tier/select.ts';
export type { RunnerReport, TierName, TierReport } from './tier/tier.ts';
export type { Controller } from './worker/cgroup/hierarchies.ts';
export { type LimitReport, probeLimits } from './worker/cgroup/probe-limits.ts';
