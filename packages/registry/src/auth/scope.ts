import type { RegistryAction } from '../credentials/credentials.ts';

/**
 * What a token is wanted for: `repository:<name>:<action>,…`.
 * @see https://distribution.github.io/distribution/spec/auth/scope/
 */
export type Scope = string;

/** The scope that an action on a repository needs; pushing reads too. */
export function scopeOf(repository: string, actions: readonly RegistryAction[]): Scope {
  const wanted = actions.includes('push') ? [...new Set(['pull', ...actions])] : actions;
  return `repository:${repository}:${wanted.join(',')}`;
}

/** True when whoever may do all of `granted` may do `wanted`. */
export function covers(granted: readonly Scope[], wanted: Scope): boolean {
  const [resource, actions] = splitScope(wanted);
  const allowed = new Set(granted.map(splitScope).flatMap(([name, list]) => (name === resource ? list : [])));
  return allowed.has('*') || actions.every((action) => allowed.has(action));
}

/** One scope a resource with all the actions, in a stable order. */
export function mergeScopes(scopes: readonly Scope[]): Scope[] {
  const merged = new Map<string, Set<string>>();
  for (const [resource, actions] of scopes.map(splitScope)) {
    merged.set(resource, new Set([...(merged.get(resource) ?? []), ...actions]));
  }
  return [...merged].map(([resource, actions]) => `${resource}:${[...actions].join(',')}`).sort();
}

function splitScope(scope: Scope): [resource: string, actions: string[]] {
  const colon = scope.lastIndexOf(':');
  return [scope.slice(0, colon), scope.slice(colon + 1).split(',')];
}
