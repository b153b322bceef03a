import type { RootfsVertex, Vertex } from '../graph.ts';

/** The vertices that stand on the base, bottom first; each makes one layer. */
export function layerVertices(rootfs: RootfsVertex): Vertex[] {
  const vertices: Vertex[] = [];
  for (let vertex = rootfs; vertex !== undefined && vertex.op !== 'image'; vertex = vertex.parent) {
    vertices.push(vertex);
  }
  return vertices.reverse();
}
