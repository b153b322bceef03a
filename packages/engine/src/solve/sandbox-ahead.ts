import type { Dockerfile } from '@tsbuild/dockerfile';
import type { BuilderResources } from '../builder-resources.ts';
import type { SharedCache } from '../cache/shared/shared-cache.ts';
import { targetStage } from '../lower/lower.ts';
import { neededStages } from '../lower/stage-graph.ts';

/** What a build tells when the store does not have a base of its Dockerfile, before it asks anybody else. */
export type BaseMissing = (dockerfile: Dockerfile) => void;

export interface SandboxAhead {
  readonly onBaseMissing: BaseMissing;
  /** A command will need the sandbox. */
  readonly isStarted: boolean;
}

/**
 * Starts the sandbox while a registry is asked: on a base that the store does not have no RUN is cached there. Where a shared
 * cache may know better, it starts when a command needs it.
 */
export function sandboxAhead(
  target: string | undefined,
  { executor, shared }: Pick<BuilderResources, 'executor'> & { readonly shared: SharedCache },
): SandboxAhead {
  let isStarted = false;
  return {
    onBaseMissing(dockerfile) {
      if (shared.hasSources || !hasCommands(dockerfile, target)) return;
      isStarted = true;
      executor().catch(() => undefined); // the first command starts it again, and tells why it cannot
    },
    get isStarted() {
      return isStarted;
    },
  };
}

function hasCommands(dockerfile: Dockerfile, target: string | undefined): boolean {
  const needed = neededStages(targetStage(dockerfile, target), dockerfile.stages);
  return [...needed].some(({ instructions }) => instructions.some(({ kind }) => kind === 'RUN'));
}
