import type { LintRule } from './rule.ts';
import { LINT_RULES } from './rules.ts';

/** A build check, for help texts and reports. */
export type BuildCheck = Omit<LintRule, 'check'>;

/** All build checks that `checkDockerfile` knows, in the order in which BuildKit documents them. */
export function listBuildChecks(): readonly BuildCheck[] {
  return LINT_RULES.map(({ check, ...rule }) => rule);
}
