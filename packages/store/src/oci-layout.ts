import { familiarReference, MEDIA_TYPES, parseReference } from '@tsbuild/core';
import type { StoredReference } from './references.ts';
import type { StoreFolder } from './store-folder.ts';

const LAYOUT_FILE = '{"imageLayoutVersion":"1.0.0"}';

/**
 * Writes `oci-layout` and `index.json`, by which other tools read the store as an OCI image layout. tsbuild itself never reads
 * them. Two processes may do this at once: whoever wrote last looks again, so the file ends up right.
 * @see https://github.com/opencontainers/image-spec/blob/v1.1.1/image-layout.md
 */
export function writeOciLayout(folder: StoreFolder, list: () => readonly StoredReference[]): void {
  if (folder.read(folder.path('oci-layout'), 1024)?.toString('utf8') !== LAYOUT_FILE) {
    folder.write(folder.path('oci-layout'), LAYOUT_FILE);
  }
  for (let written: string | undefined; ; ) {
    const index = ociIndex(list());
    if (index === written) return;
    folder.write(folder.path('index.json'), index);
    written = index;
  }
}

/** The name is as people write it, `app:dev`; skopeo takes everything after the first colon of `oci:<root>:app:dev`. */
function ociIndex(references: readonly StoredReference[]): string {
  const manifests = references.map(({ reference, descriptor }) => ({
    ...descriptor,
    annotations: {
      ...descriptor.annotations,
      'io.containerd.image.name': reference,
      'org.opencontainers.image.ref.name': familiarReference(parseReference(reference)),
    },
  }));
  return JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPES.ociIndex, manifests });
}
