import type { BuildCheck } from './rule.ts';
import { LINT_RULES } from './rules.ts';

/** All build checks that `checkDockerfile` knows, in the order in which BuildKit documents them. */
export function listBuildChecks(): readonly BuildCheck[] {
  return LINT_RULES.map(({ check, ...rule }) => rule);
}
