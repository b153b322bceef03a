import { ATTRIBUTES } from './attributes.ts';
import type { BakeTarget } from './bake-target.ts';

/** A target and what comes later: text and flags are replaced, maps united, lists as each attribute says. */
export function mergeTargets(target: BakeTarget, later: BakeTarget, lists?: 'append'): BakeTarget {
  const merged: Record<string, unknown> = { ...target };
  for (const [name, value] of Object.entries(later)) {
    const shape = ATTRIBUTES.get(name);
    const before = merged[name];
    if (value === undefined || shape === undefined) continue;
    if (shape.kind === 'map') merged[name] = { ...(before ?? {}), ...value };
    else if (shape.kind === 'list' && (lists ?? shape.merge) === 'append') merged[name] = united(before, value);
    else merged[name] = value;
  }
  return merged;
}

function united(before: unknown, later: unknown): unknown[] {
  const lists = [before, later].flatMap((list) => (Array.isArray(list) ? list : []));
  return [...new Set(lists)];
}
