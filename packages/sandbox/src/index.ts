export type { RunnerName, SandboxOptions } from './options.ts';
export { probeTiers } from './probe.ts';
export { createSandbox } from './sandbox.ts';
export type { TierName, TierReport } from './tier.ts';
