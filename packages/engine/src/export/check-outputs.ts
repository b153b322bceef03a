import { formatPlatform, UsageError } from '@tsbuild/core';
import { parseAnnotations } from '../image/annotations.ts';
import type { BuildOptions, LocalOutput, OutputOptions, TarOutput } from '../options.ts';
import { platformsOf } from '../platforms.ts';

/**
 * The outputs of a build with everything that it says of all of them. Refuses, before anything is built, what an output
 * cannot take.
 * @throws {UsageError}
 */
export async function checkOutputs(options: BuildOptions, isAttested: boolean): Promise<readonly OutputOptions[]> {
  const { outputs = [{ type: 'image' }], annotations = {}, context, sign } = options;
  const all = outputs.map((output) => withAnnotations(output, annotations));
  if (sign !== undefined && !all.some(({ type }) => type === 'registry'))
    throw new UsageError('there is nothing to sign: no output pushes to a registry', { hint: 'add --push' });
  const platforms = platformsOf(options).map(formatPlatform);
  for (const output of all) {
    if (output.type === 'docker' && platforms.length > 1) throw onePlatform(platforms);
    if (!isFiles(output)) checkManifests(output, platforms.length > 1, isAttested);
    if (output.type === 'docker' && output.dest === undefined)
      await (await import('./load/find-engine.ts')).findEngine(output.engine, process.env);
    if (output.type === 'local' && output.mode === 'delete') {
      const { checkDeletable } = await import('./local-delete.ts');
      checkDeletable(output.dest, context);
    }
  }
  return all;
}

function withAnnotations(output: OutputOptions, annotations: Readonly<Record<string, string>>): OutputOptions {
  if (isFiles(output) || Object.keys(annotations).length === 0) return output;
  return { ...output, annotations: { ...annotations, ...output.annotations } };
}

function isFiles(output: OutputOptions): output is LocalOutput | TarOutput {
  return output.type === 'local' || output.type === 'tar';
}

function checkManifests(
  { type, annotations = {}, ociMediaTypes, squash }: Exclude<OutputOptions, LocalOutput | TarOutput>,
  isMany: boolean,
  isAttested: boolean,
): void {
  const isForeign = ociMediaTypes === false;
  if (isAttested && type !== 'docker' && isForeign)
    throw new UsageError(`attestations need OCI media types, which an output of type ${type} turns off`, {
      hint: 'remove oci-mediatypes=false, or the attestations',
    });
  if (isAttested && squash !== undefined)
    throw new UsageError('attestations are about the image of the build, and squash makes another for one output', {
      hint: 'use --squash, which is for the whole build',
    });
  if (isForeign && Object.keys(annotations).length > 0)
    throw new UsageError("Docker's media types have no annotations", { hint: 'leave oci-mediatypes=false out' });
  const { of } = parseAnnotations(annotations);
  const isForIndex = of('index') !== undefined || of('index-descriptor') !== undefined;
  if (isForIndex && !isMany && (!isAttested || type === 'docker'))
    throw new UsageError('annotations of an index need one, and an image for one platform has none', {
      hint: 'annotate the manifest, or build for several platforms',
    });
}

function onePlatform(platforms: readonly string[]): UsageError {
  const names = platforms.join(', ');
  return new UsageError(`an output of type docker holds one platform, and the build is for ${names}`, {
    hint: 'build one platform, or use type=oci, registry or image',
  });
}
