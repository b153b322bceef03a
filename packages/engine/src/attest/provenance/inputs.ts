import type { MountSpec, SourceRef, Vertex } from '../../graph.ts';
import { isRemotePlace } from '../../source/remote-place.ts';
import type { ProvenanceFacts } from './facts.ts';

/** Folders and the like that the build read: what they contain is nowhere written down. */
export function localNames({ options, vertices }: Pick<ProvenanceFacts, 'options' | 'vertices'>): readonly string[] {
  const names = new Set(
    vertices
      .flatMap(sourcesOf)
      .filter((source) => isLocal(source, options))
      .map(({ name }) => name),
  );
  if (isOnMachine(options.context) || options.dockerfile !== undefined) names.add('dockerfile');
  return [...names].sort();
}

function sourcesOf(vertex: Vertex): readonly SourceRef[] {
  if (vertex.op === 'file') return vertex.actions.flatMap((action) => ('source' in action ? [action.source] : []));
  if (vertex.op === 'exec') return vertex.mounts.flatMap((mount) => ('source' in mount ? (mount.source ?? []) : []));
  return [];
}

function isLocal({ kind, name }: SourceRef, { context, buildContexts = {} }: ProvenanceFacts['options']): boolean {
  if (kind !== 'local') return false;
  const named = Object.entries(buildContexts).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return isOnMachine(named?.[1] ?? context);
}

function isOnMachine(context: ProvenanceFacts['options']['context']): boolean {
  return typeof context !== 'string' || !isRemotePlace(context);
}

/** No command could reach a network. */
export function isHermetic(vertices: readonly Vertex[]): boolean {
  return vertices.every((vertex) => vertex.op !== 'exec' || vertex.network === 'none');
}

/** Names of the secrets or ssh agents that commands mount; never their values. */
export function mountedIds(vertices: readonly Vertex[], type: 'secret' | 'ssh'): readonly object[] {
  const required = new Map<string, boolean>();
  for (const mount of vertices.flatMap((vertex): readonly MountSpec[] => (vertex.op === 'exec' ? vertex.mounts : []))) {
    if (mount.type === type) required.set(mount.id, (required.get(mount.id) ?? false) || mount.required);
  }
  const ids = [...required].sort(([a], [b]) => (a < b ? -1 : 1));
  return ids.map(([id, isRequired]) => ({ id, ...(isRequired ? {} : { optional: true }) }));
}
