/** SLSA provenance (`--provenance`). */
export interface ProvenanceOptions {
  /**
   * `min` leaves out what a build was told: build arguments, labels, names of secrets, the steps and the Dockerfile.
   * @default 'max', as BuildKit
   */
  readonly mode?: 'min' | 'max';
  /** Who built: the URL of a CI run, say. @default '' */
  readonly builderId?: string;
  /** The statement that a build of the same inputs gives the same bytes; nobody checks it. @default false */
  readonly reproducible?: boolean;
}

/** A bill of materials (`--sbom`). */
export interface SbomOptions {
  /** SPDX 2.3 or CycloneDX 1.6, both as JSON. @default 'spdx' */
  readonly format?: 'spdx' | 'cyclonedx';
}

/** What is stated of an image: the predicate of an in-toto statement. */
export interface Attestation {
  readonly predicateType: string;
  readonly predicate: object;
}

/** A document that was asked for, or undefined: `true` asks for the defaults. */
export function askedFor<T extends object>(option: boolean | T | undefined): Partial<T> | undefined {
  if (typeof option === 'object') return option;
  return option === true ? {} : undefined;
}
