import type { BakeTarget } from './bake-target.ts';

/** A target that may still inherit. */
export interface RawTarget {
  readonly target: BakeTarget;
  /** Names of targets whose attributes it has where it says nothing itself; later ones win. */
  readonly inherits: readonly string[];
}

/** What one file says, or several of them together. */
export interface RawDefinition {
  readonly groups: ReadonlyMap<string, readonly string[]>;
  readonly targets: ReadonlyMap<string, RawTarget>;
}
