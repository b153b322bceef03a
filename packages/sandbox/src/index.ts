export type { RunnerName, SandboxOptions } from './options.ts';
export { createTreeRemover, removeTree, type TreeRemover } from './remove-tree.ts';
export { createSandbox } from './sandbox.ts';
export { probeTiers } from './tier/select.ts';
export type { TierName, TierReport } from './tier/tier.ts';
