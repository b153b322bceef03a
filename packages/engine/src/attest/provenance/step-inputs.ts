import { formatReference } from '@tsbuild/core';
import type { FileAction, ImageVertex, SourceRef, Vertex } from '../../graph.ts';
import { publicUrl } from '../public-url.ts';

/** What a step reads: another step, or the identifier of a source that is no step of its own. */
export type InputKey = Vertex | string;

/** What a step reads, each once: the file system that it works on first. */
export function inputKeys(vertex: Vertex): readonly InputKey[] {
  const parent = vertex.op === 'image' ? undefined : vertex.parent;
  return [...new Set([parent, ...readKeys(vertex)].filter((key) => key !== undefined))];
}

function readKeys(vertex: Vertex): readonly (InputKey | undefined)[] {
  if (vertex.op === 'file') return vertex.actions.map(actionKey);
  if (vertex.op !== 'exec') return [];
  return vertex.mounts.map((mount) =>
    'source' in mount && mount.source !== undefined ? sourceKey(mount.source) : undefined,
  );
}

export function actionKey(action: FileAction): InputKey | undefined {
  if (action.kind === 'inline') return undefined;
  return 'url' in action ? publicUrl(action.url) : sourceKey(action.source);
}

/** Undefined is the empty file system. */
export function sourceKey(source: SourceRef): InputKey | undefined {
  return source.kind === 'local' ? `local://${source.name}` : source.rootfs;
}

/** As BuildKit identifies it, with the digest that the name stood for. */
export function imageIdentifier({ image: { reference, descriptor, index } }: ImageVertex): string {
  return `docker-image://${formatReference({ ...reference, digest: (index ?? descriptor).digest })}`;
}
