import { bigBase } from './big-base.ts';
import { bigFile } from './big-file.ts';
import { cached100 } from './cached-100.ts';
import { fortyRuns } from './forty-runs.ts';
import { nodeApp } from './node-app.ts';
import { pullBase } from './pull-base.ts';
import { sixStages } from './six-stages.ts';
import { smallFiles } from './small-files.ts';
import type { Workload } from './workload.ts';

/** In the order in which they run. */
export const WORKLOADS: readonly Workload[] = [
  nodeApp,
  smallFiles,
  fortyRuns,
  cached100,
  sixStages,
  pullBase,
  bigBase,
  bigFile,
];
