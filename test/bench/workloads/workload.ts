import type { BaseName } from '../../support/base-images.ts';
import type { BenchOutput } from '../contenders/contender.ts';

/** What a workload may use while it is prepared and run. */
export interface BenchPlace {
  /** An empty folder of the workload's own. */
  readonly folder: string;
  /** Complete name of a base image in the registry that all contenders pull from; it is made when first asked for. */
  base(name: BenchBase): Promise<string>;
  /** Value for NPM_CONFIG_REGISTRY. */
  readonly npmRegistry: string;
}

/** `debian-system:12` is what people start from: what mmdebstrap makes of Debian's packages, with all its small files. */
export type BenchBase = BaseName | 'big:1' | 'debian-system:12';

/** One timed build. Phases follow each other, so a phase finds what the ones before it left in the caches. */
export interface Phase {
  readonly name: string;
  /** Storage and cache are emptied before. */
  readonly isCold?: boolean;
  readonly output: BenchOutput['kind'];
  /** Changes the context before the contenders build, differently in every round. */
  change?(round: number): Promise<void>;
}

export interface PreparedWorkload {
  readonly context: string;
  readonly dockerfile: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly phases: readonly Phase[];
}

export interface Workload {
  readonly name: string;
  readonly about: string;
  /** Parts of the machine that it needs besides those of the contenders. @default none */
  readonly parts?: readonly string[];
  /** Makes the inputs; not timed. */
  prepare(place: BenchPlace): Promise<PreparedWorkload>;
}
