import type { BuilderResources } from '../builder-resources.ts';
import type { SharedCache } from '../cache/shared/shared-cache.ts';
import type { Reporter } from '../events.ts';
import type { BuildOptions } from '../options.ts';
import type { BuildRecording } from '../recording/recording.ts';

/** What a builder owns, and what this build alone has. */
export type BuildResources = BuilderResources & {
  readonly shared: SharedCache;
  readonly build: BuildRecording | undefined;
};

/** One attempt at a build. */
export interface Attempt {
  readonly options: BuildOptions;
  readonly resources: BuildResources;
  readonly reporter: Reporter;
  /** Ends all of it: when the user does, and when a step fails. */
  readonly cancel: AbortController;
}
