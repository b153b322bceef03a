import { type Descriptor, digestHex, digestOf, MEDIA_TYPES, parseReference } from '@tsbuild/core';
import type { SetImage, SetMember, SmallBlob } from '../export/export-set.ts';
import type { Attestation } from './attest-options.ts';
import { imagePurl } from './image-purl.ts';
import { statement } from './statement.ts';

const IN_TOTO = 'application/vnd.in-toto+json';
const MANIFEST_ARTIFACT = 'application/vnd.docker.attestation.manifest.v1+json';

export interface AttachOptions {
  /** Names of the image in this output. */
  readonly names: readonly string[];
  /** Write the manifest as an OCI artifact whose subject is the image, so that registries list it as a referrer. */
  readonly isArtifact: boolean;
}

/**
 * A manifest whose layers are in-toto statements about an image, as BuildKit puts it into the index beside the image.
 * @see https://github.com/moby/buildkit/blob/master/docs/attestations/attestation-storage.md
 */
export function attestationManifest(
  image: SetImage,
  attestations: readonly Attestation[],
  { names, isArtifact }: AttachOptions,
): SetMember {
  const { mediaType, digest, size } = image.descriptor;
  const statements = attestations.map((attestation) => statementBlob(attestation, image, names));
  const config = isArtifact ? blob(MEDIA_TYPES.ociEmpty, {}) : blob(MEDIA_TYPES.ociConfig, configOf(statements));
  const manifest = blob(MEDIA_TYPES.ociManifest, {
    schemaVersion: 2,
    mediaType: MEDIA_TYPES.ociManifest,
    ...(isArtifact ? { artifactType: MANIFEST_ARTIFACT } : {}),
    config: config.descriptor,
    layers: statements.map(({ descriptor }) => descriptor),
    ...(isArtifact ? { subject: { mediaType, digest, size } } : {}),
  });
  const descriptor: Descriptor = {
    ...manifest.descriptor,
    annotations: { 'vnd.docker.reference.digest': digest, 'vnd.docker.reference.type': 'attestation-manifest' },
    platform: { architecture: 'unknown', os: 'unknown' },
  };
  return { manifest: { ...manifest, descriptor }, layers: [], texts: [...statements, config] };
}

function statementBlob(attestation: Attestation, { descriptor, image }: SetImage, names: readonly string[]): SmallBlob {
  const digest = { sha256: digestHex(descriptor.digest) };
  const subjects = names.map((name) => imagePurl(parseReference(name), image.platform));
  const subject = (subjects.length === 0 ? ['_'] : subjects).map((name) => ({ name, digest }));
  const made = blob(IN_TOTO, statement(attestation, subject));
  const annotations = { 'in-toto.io/predicate-type': attestation.predicateType };
  return { ...made, descriptor: { ...made.descriptor, annotations } };
}

/** Runs nowhere; registries want a config whose layers are those of the manifest. */
function configOf(statements: readonly SmallBlob[]): object {
  const diff_ids = statements.map(({ descriptor }) => descriptor.digest);
  return { architecture: 'unknown', os: 'unknown', config: {}, rootfs: { type: 'layers', diff_ids } };
}

function blob(mediaType: string, content: object): SmallBlob {
  const bytes = Buffer.from(JSON.stringify(content));
  return { bytes, descriptor: { mediaType, digest: digestOf(bytes), size: bytes.length } };
}
