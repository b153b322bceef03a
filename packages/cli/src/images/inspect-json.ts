import type { ImageDescription } from '@tsbuild/engine';
import type { TemplateData } from '../template/run-template.ts';

/** The keys of `docker image inspect`, as far as an OCI image has them. */
export function inspectData({ id, config, ...image }: ImageDescription): TemplateData {
  const { mediaType, digest, size } = image.descriptor;
  return {
    Id: id,
    RepoTags: image.tags,
    RepoDigests: image.repoDigests,
    Comment: config.history?.at(-1)?.comment ?? '',
    Created: config.created ?? '',
    Author: config.author ?? '',
    Config: config.config ?? {},
    Architecture: config.architecture,
    Variant: config.variant,
    Os: config.os,
    OsVersion: config['os.version'],
    Size: image.size,
    RootFS: { Type: 'layers', Layers: config.rootfs.diff_ids },
    Metadata: { LastTagTime: image.tagged?.toISOString() ?? '0001-01-01T00:00:00Z' },
    Descriptor: { mediaType, digest, size },
  };
}
