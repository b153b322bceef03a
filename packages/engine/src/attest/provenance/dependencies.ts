import { digestHex } from '@tsbuild/core';
import type { ResolvedImage } from '../../graph.ts';
import type { FetchedSource } from '../fetched-sources.ts';
import { imagePurl } from '../image-purl.ts';
import { publicUrl } from '../public-url.ts';
import type { ProvenanceFacts } from './facts.ts';

/** Something that a build was made of, by its content. */
export interface Dependency {
  readonly uri: string;
  readonly digest: Readonly<Record<string, string>>;
}

/** Images in the order of their names, then what was fetched; each once. */
export function dependencies({ bases, fetched }: Pick<ProvenanceFacts, 'bases' | 'fetched'>): readonly Dependency[] {
  const images = bases.map(imageDependency).sort((a, b) => (a.uri < b.uri ? -1 : 1));
  const all = [...images, ...fetched.map(fetchedDependency)];
  return [...new Map(all.map((dependency) => [JSON.stringify(dependency), dependency])).values()];
}

/** The digest is that of what the name stands for: of an index where there is one. */
function imageDependency({ reference, descriptor, index, config }: ResolvedImage): Dependency {
  const { os, architecture, variant } = config;
  const platform = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  return { uri: imagePurl(reference, platform), digest: { sha256: digestHex((index ?? descriptor).digest) } };
}

export function fetchedDependency(source: FetchedSource): Dependency {
  const uri = publicUrl(source.url);
  return { uri, digest: source.kind === 'git' ? { sha1: source.commit } : { sha256: digestHex(source.digest) } };
}
