import type { SourceText } from '@tsbuild/core';
import type { StageInstruction } from '@tsbuild/dockerfile';
import type { SourceRef, StepInfo } from '../graph.ts';
import type { Expander } from './expander.ts';
import type { LowerOptions } from './lower-options.ts';
import type { StageState } from './stage-state.ts';

/** What lowering an instruction may ask of everything around its stage. */
export interface StageContext {
  readonly source: SourceText;
  readonly expander: Expander;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly globalArgs: ReadonlyMap<string, string>;
  readonly proxyEnv: Readonly<Record<string, string>>;
  readonly extraHosts: Readonly<Record<string, string>>;
  /** Entitlements that the build grants, such as `network.host`. */
  readonly allowed: ReadonlySet<string>;
  readonly network: 'default' | 'none' | 'host';
  readonly buildContext: SourceRef;
  readonly admitUrl: LowerOptions['admitUrl'];
  /** The next numbered step of the stage. */
  step(instruction: StageInstruction, state: StageState): StepInfo;
  /** The stage, named context or image that `--from` or a mount's `from` names. */
  from(name: string, options: { readonly isCopy: boolean }, instruction: StageInstruction): Promise<SourceRef>;
}
