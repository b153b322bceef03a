import type { SourceRange } from '@tsbuild/core';
import type { FileVertex, LocalSource } from '../graph.ts';

/** A folder that stands in for a stage or base image: one layer with everything in it. */
export function namedContextVertex(source: LocalSource, name: string, range: SourceRange): FileVertex {
  const label = `[context ${name}] load`;
  return {
    op: 'file',
    step: { id: `context:${name}`, name: label, label, range, lineages: [`context\n${name}`], noCache: false },
    parent: undefined,
    actions: [{ kind: 'copy', source: { kind: 'local', name, source }, paths: ['/'] }],
    target: '/',
    chown: undefined,
    chmod: undefined,
    link: false,
    parents: false,
    excludes: [],
  };
}
