import { type Digest, digestHex, familiarReference, parseReference } from '@tsbuild/core';
import type { ImageSummary } from '@tsbuild/engine';
import type { TemplateData } from '../template/run-template.ts';
import { goTime, humanDuration, humanSize } from './human.ts';

export interface IdOptions {
  readonly noTrunc: boolean;
}

/** An id as Docker shows it: twelve digits, or all with its algorithm. */
export function shownId(id: Digest, { noTrunc }: IdOptions): string {
  return noTrunc ? id : digestHex(id).slice(0, 12);
}

const NONE = '<none>';

/** An image with the fields that Docker's `images --format` knows. */
export function imageRow(image: ImageSummary, options: IdOptions, now: number): TemplateData {
  const { repository, tag } = nameParts(image.reference);
  const size = humanSize(image.size);
  return {
    ID: shownId(image.id, options),
    Repository: repository,
    Tag: tag,
    Digest: digestOf(image, repository),
    CreatedSince: `${humanDuration(now - image.created.getTime())} ago`,
    CreatedAt: goTime(image.created),
    Size: size,
    VirtualSize: size,
    Containers: 'N/A',
    SharedSize: 'N/A',
    UniqueSize: 'N/A',
  };
}

export function nameParts(reference: string | undefined): { readonly repository: string; readonly tag: string } {
  if (reference === undefined) return { repository: NONE, tag: NONE };
  const { tag = NONE, digest: _, ...name } = parseReference(reference);
  return { repository: familiarReference(name), tag };
}

/** A digest is told only of the registry that the name is of. */
function digestOf({ repoDigest }: ImageSummary, repository: string): string {
  return repoDigest?.startsWith(`${repository}@`) === true ? repoDigest.slice(repository.length + 1) : NONE;
}
