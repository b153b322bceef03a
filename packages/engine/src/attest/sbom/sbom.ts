import type { FileTree } from '@tsbuild/core';
import { CYCLONEDX_PREDICATE_TYPE, cyclonedxDocument } from './cyclonedx.ts';
import type { SbomSubject } from './sbom-subject.ts';
import { SPDX_PREDICATE_TYPE, spdxDocument } from './spdx.ts';
import { takeInventory } from './take-inventory.ts';

/** A predicate of an attestation, and what people should know of how it was made. */
export interface SbomPredicate {
  readonly predicateType: string;
  readonly predicate: object;
  readonly notes: readonly string[];
}

/** The bill of materials of an image, in one of the formats. Equal trees give equal documents. */
export async function sbomOf(
  tree: FileTree,
  format: 'spdx' | 'cyclonedx',
  subject: SbomSubject,
  signal: AbortSignal | undefined,
): Promise<SbomPredicate> {
  const inventory = await takeInventory(tree, signal);
  const { notes } = inventory;
  return format === 'spdx'
    ? { predicateType: SPDX_PREDICATE_TYPE, predicate: spdxDocument(inventory, subject), notes }
    : { predicateType: CYCLONEDX_PREDICATE_TYPE, predicate: cyclonedxDocument(inventory, subject), notes };
}
