import type { Dockerfile } from '@tsbuild/dockerfile';
import type { ResolvedImage, RootfsVertex, Vertex } from '../../graph.ts';
import type { BuildOptions } from '../../options.ts';
import type { FetchedSource } from '../fetched-sources.ts';

/** All that provenance tells of, for the image of one platform. */
export interface ProvenanceFacts {
  readonly options: BuildOptions;
  readonly dockerfile: Dockerfile;
  /** Steps of the image, each after what it needs. */
  readonly vertices: readonly Vertex[];
  /** The one that is the image. */
  readonly rootfs: RootfsVertex;
  readonly bases: readonly ResolvedImage[];
  readonly fetched: readonly FetchedSource[];
  /** Version control of a context folder: a hint that nobody verifies. */
  readonly vcs: Readonly<Record<string, string>> | undefined;
  readonly invocationId: string;
  readonly startedOn: Date;
  readonly finishedOn: Date;
}
