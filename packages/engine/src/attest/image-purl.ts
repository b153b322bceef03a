import { formatPlatform, type Platform, type Reference } from '@tsbuild/core';
import { packageUrl } from './package-url.ts';

const HUB = 'docker.io';
const OFFICIAL = 'library/';

/** An image as BuildKit names it in provenance: by its familiar name, tag or digest, and platform. */
export function imagePurl({ registry, repository, tag, digest }: Reference, platform: Platform | undefined): string {
  const path = repository.startsWith(OFFICIAL) && registry === HUB ? repository.slice(OFFICIAL.length) : repository;
  return packageUrl({
    type: 'docker',
    name: registry === HUB ? path : `${registry}/${path}`,
    version: tag ?? (digest === undefined ? 'latest' : undefined),
    qualifiers: { digest, platform: platform === undefined ? undefined : formatPlatform(platform) },
  });
}
