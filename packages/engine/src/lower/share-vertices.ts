import type { LocalSource, LoweredImage, RootfsVertex, SourceRef, Vertex } from '../graph.ts';

/**
 * Instructions that come to the same for several platforms become one step, which runs once and goes by the name that
 * it has for the first of them.
 */
export function shareVertices(images: readonly LoweredImage[]): readonly LoweredImage[] {
  const share = createSharing();
  return images.map((image) => {
    // What a vertex needs comes before it, so no sharing looks further than one vertex down.
    const vertices = [...new Set(image.vertices.map(share))];
    const history = image.history.map(({ entry, step }) =>
      step === undefined ? { entry } : { entry, step: share(step) },
    );
    return { ...image, vertices, history, rootfs: image.rootfs && share(image.rootfs) };
  });
}

/** Gives each vertex its stand-in: the first that was defined alike. */
function createSharing(): (vertex: Vertex) => Vertex {
  const standIns = new Map<Vertex, Vertex>();
  const defined = new Map<string, Vertex>();
  const sources = new Map<LocalSource, number>();

  function share(vertex: Vertex): Vertex {
    const known = standIns.get(vertex);
    if (known !== undefined) return known;
    const own = withInputs(vertex, (input) => input && share(input));
    const definition = define(own);
    const standIn = defined.get(definition) ?? own;
    defined.set(definition, standIn);
    standIns.set(vertex, standIn);
    return standIn;
  }

  /** The place in the Dockerfile is part of it: equal instructions of one file stay steps of their own. */
  function define({ step, ...vertex }: Vertex): string {
    const place = [step.name, step.range, step.noCache];
    if (vertex.op === 'image') return JSON.stringify([place, vertex.image.descriptor.digest]);
    return JSON.stringify([place, vertex], (_, value) => {
      if (isVertex(value)) return value.step.id;
      return isLocal(value) ? { ...value, source: numberOf(value.source) } : value;
    });
  }

  function numberOf(source: LocalSource): number {
    const number = sources.get(source) ?? sources.size;
    sources.set(source, number);
    return number;
  }

  return share;
}

function withInputs(vertex: Vertex, change: (input: RootfsVertex) => RootfsVertex): Vertex {
  const source = <T extends SourceRef | undefined>(ref: T): T =>
    ref?.kind === 'rootfs' ? { ...ref, rootfs: change(ref.rootfs) } : ref;
  switch (vertex.op) {
    case 'image':
      return vertex;
    case 'workdir':
      return { ...vertex, parent: change(vertex.parent) };
    case 'file': {
      const actions = vertex.actions.map((action) =>
        'source' in action ? { ...action, source: source(action.source) } : action,
      );
      return { ...vertex, parent: change(vertex.parent), actions };
    }
    case 'exec': {
      const mounts = vertex.mounts.map((mount) => {
        if (mount.type === 'bind') return { ...mount, source: source(mount.source) };
        return mount.type === 'cache' ? { ...mount, source: source(mount.source) } : mount;
      });
      return { ...vertex, parent: change(vertex.parent), mounts };
    }
    default:
      return vertex satisfies never;
  }
}

function isVertex(value: unknown): value is Vertex {
  return typeof value === 'object' && value !== null && 'op' in value && 'step' in value;
}

function isLocal(value: unknown): value is Extract<SourceRef, { kind: 'local' }> {
  return typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'local' && 'source' in value;
}
