import { formatPlatform, type Platform, UsageError } from '@tsbuild/core';
import type { OutputOptions } from '../options.ts';

/** Refuses, before anything is built, outputs that cannot take what the build makes. @throws {UsageError} */
export function checkOutputs(
  outputs: readonly OutputOptions[],
  platforms: readonly Platform[],
  isAttested: boolean,
): void {
  const foreign = outputs.find(({ type, ociMediaTypes }) => type !== 'docker' && ociMediaTypes === false);
  if (isAttested && foreign !== undefined) {
    throw new UsageError(`attestations need OCI media types, which an output of type ${foreign.type} turns off`, {
      hint: 'remove oci-mediatypes=false, or the attestations',
    });
  }
  if (platforms.length < 2 || !outputs.some(({ type }) => type === 'docker')) return;
  const names = platforms.map(formatPlatform).join(', ');
  throw new UsageError(`an output of type docker holds one platform, and the build is for ${names}`, {
    hint: 'build one platform, or use type=oci, registry or image',
  });
}
