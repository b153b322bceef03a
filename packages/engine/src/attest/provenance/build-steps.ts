import type { RootfsVertex, Vertex } from '../../graph.ts';
import { execOp } from './exec-op.ts';
import { fileOp } from './file-op.ts';
import { type InputKey, imageIdentifier, inputKeys } from './step-inputs.ts';

/** A step in the words of BuildKit's LLB. */
export interface BuildStep {
  readonly id: string;
  readonly op: object;
  /** `step3:0` */
  readonly inputs?: readonly string[];
  /** What it was made from; sources and the result have none. */
  readonly vertex?: Vertex;
}

/** Which input of its step a key is; -1 is the empty file system. */
export type IndexOf = (key: InputKey | undefined) => number;

/**
 * The graph as a list, every step after what it needs; contexts and downloads are steps too, and the last names the
 * result, as in BuildKit. `vertices` are ordered already.
 */
export function buildSteps(vertices: readonly Vertex[], result: RootfsVertex): readonly BuildStep[] {
  const steps: BuildStep[] = [];
  const ids = new Map<InputKey, string>();
  const idOf = (key: InputKey): string => {
    const known = ids.get(key);
    if (known !== undefined) return known;
    const inputs = typeof key === 'string' ? [] : inputKeys(key);
    const inputIds = inputs.map(idOf);
    const id = `step${steps.length}`;
    ids.set(key, id);
    steps.push({ id, ...described(key, inputs), ...listed(inputIds) });
    return id;
  };
  for (const vertex of vertices) idOf(vertex);
  const inputs = listed(result === undefined ? [] : [idOf(result)]);
  return [...steps, { id: `step${steps.length}`, op: { Op: {} }, ...inputs }];
}

function described(key: InputKey, inputs: readonly InputKey[]): Pick<BuildStep, 'op' | 'vertex'> {
  if (typeof key === 'string') return { op: sourceOp(key) };
  return { op: opOf(key, (input) => (input === undefined ? -1 : inputs.indexOf(input))), vertex: key };
}

function listed(ids: readonly string[]): Pick<BuildStep, 'inputs'> {
  return ids.length === 0 ? {} : { inputs: ids.map((id) => `${id}:0`) };
}

function opOf(vertex: Vertex, indexOf: IndexOf): object {
  switch (vertex.op) {
    case 'image':
      return { ...sourceOp(imageIdentifier(vertex)), platform: platformOf(vertex.image.config) };
    case 'file':
      return fileOp(vertex, indexOf);
    case 'workdir':
      return { Op: { file: { actions: [{ input: indexOf(vertex.parent), Action: mkdir(vertex.path) }] } } };
    case 'exec':
      return { ...execOp(vertex, indexOf), platform: platformOf(vertex.platform) };
    default:
      return vertex satisfies never;
  }
}

function sourceOp(identifier: string): object {
  return { Op: { source: { identifier } } };
}

function mkdir(path: string): object {
  return { mkdir: { path, mode: 0o755, makeParents: true } };
}

function platformOf({ architecture, os, variant }: { architecture: string; os: string; variant?: string }): object {
  return { Architecture: architecture, OS: os, ...(variant === undefined ? {} : { Variant: variant }) };
}
