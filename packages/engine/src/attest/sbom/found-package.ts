/** A package that the metadata in an image's files tells of. */
export interface FoundPackage {
  readonly kind: 'deb' | 'apk' | 'npm' | 'pypi';
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  /** As stated, SPDX expressions or not; sorted. */
  readonly licenses: readonly string[];
  /** Paths of the files that tell of it; sorted, no leading slash. */
  readonly foundIn: readonly string[];
  /** Maintainer or author. */
  readonly supplier?: string;
}

/** What a tree holds, in the order of purls. */
export interface Inventory {
  readonly packages: readonly FoundPackage[];
  /** The distribution, where its `os-release` says. */
  readonly distribution: Distribution | undefined;
  /** What could not be read, for people. */
  readonly notes: readonly string[];
}

export interface Distribution {
  /** `debian`, `alpine`, … */
  readonly id: string;
  readonly versionId: string | undefined;
  readonly name: string;
}
