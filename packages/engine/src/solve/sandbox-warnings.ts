import type { BuildWarning, Executor } from '@tsbuild/core';
import type { Reporter } from '../events.ts';

/** What a build's user should know of the sandbox that its commands run in, each told once. */
export interface SandboxWarnings {
  readonly warnings: readonly BuildWarning[];
  /** A command is about to run in `executor`. */
  check(executor: Executor): void;
}

export function createSandboxWarnings(reporter: Pick<Reporter, 'emit'>): SandboxWarnings {
  const warnings: BuildWarning[] = [];
  return {
    warnings,
    check({ weakness, tier }) {
      if (weakness === undefined || warnings.length > 0) return;
      const { reason, hint } = weakness;
      const mend = hint === undefined ? '' : `; ${hint}`;
      const message = `RUN steps are not kept apart from this machine (tier ${tier}): ${reason}${mend}`;
      const warning = { rule: 'SandboxWithoutBoundary', message };
      warnings.push(warning);
      reporter.emit({ type: 'warning', warning });
    },
  };
}
