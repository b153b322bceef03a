import type { Attestation } from './attest-options.ts';

/** What a statement is about: a name and its digest without the algorithm. */
export interface Subject {
  readonly name: string;
  readonly digest: { readonly sha256: string };
}

const STATEMENT_TYPE = 'https://in-toto.io/Statement/v0.1';

/** An in-toto statement, of the version that BuildKit writes. */
export function statement({ predicateType, predicate }: Attestation, subject: readonly Subject[]): object {
  return { _type: STATEMENT_TYPE, predicateType, subject, predicate };
}

/** The name that BuildKit gives the file of a statement beside the files of an image. */
export function statementName({ predicateType }: Attestation): string {
  if (predicateType.startsWith('https://slsa.dev/provenance/')) return 'provenance.json';
  return predicateType.startsWith('https://spdx.dev/') ? 'sbom.spdx.json' : 'sbom.cdx.json';
}
