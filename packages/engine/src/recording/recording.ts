import type { CacheKey, Executor } from '@tsbuild/core';
import type { Ingredients, Lineages } from '../cache/ingredients.ts';
import type { SharedCache } from '../cache/shared/shared-cache.ts';
import type { StepInfo } from '../graph.ts';
import type { BuildOptions } from '../options.ts';

/** What becomes of RUN steps. Bases and the files of COPY are taken from where they are, in either mode. */
export interface RecordingOptions {
  /** Folder of the recording: an OCI layout with the layers, and what the steps were made of. Small enough to commit. */
  readonly folder: string;
  /**
   * `record` empties the folder and writes down what the builds of the builder run. `replay` executes nothing: a RUN step
   * has the recorded result, or fails with ERR_TSBUILD_NOT_RECORDED and says what has changed.
   */
  readonly mode: 'record' | 'replay';
}

/** The recording of a builder: its builds are told apart by the order in which they begin. */
export interface Recording {
  begin(options: BuildOptions): Promise<BuildRecording>;
}

/** The part of a recording that belongs to one build. */
export interface BuildRecording {
  /** The options of the build, which may write down more. */
  readonly options: BuildOptions;
  /** Results of RUN steps; undefined while recording. */
  readonly recorded: SharedCache | undefined;
  /** Whether an earlier build asked the same: with a recorded result it would have found its own by now. */
  wasReplayed(key: CacheKey): boolean;
  /** Told of each step that has to be carried out. */
  meet(step: StepInfo, key: CacheKey, ingredients: Ingredients): Promise<void>;
  /**
   * The same for a RUN step, before its command is executed.
   * @throws {SolveError} ERR_TSBUILD_NOT_RECORDED @throws {TsbuildError} ERR_TSBUILD_RUN_UNAVAILABLE when what it makes cannot be recorded
   */
  meetCommand(
    step: StepInfo,
    key: CacheKey,
    ingredients: Ingredients,
    executor: () => Promise<Executor>,
  ): Promise<void>;
  /** Told of a RUN step whose result was there; `tier` is the class of the sandbox that made it, if it is a weaker one. */
  meetCached(step: StepInfo, key: CacheKey, tier: string | undefined, records: Lineages): Promise<void>;
  /** Called when the build succeeded. */
  finish(): Promise<void>;
}
