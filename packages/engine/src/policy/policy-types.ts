/** A source that a build is about to take something from. */
export interface PolicySource {
  /** `frontend` is the image of a `# syntax=` line, which is never run. */
  readonly kind: 'image' | 'oci-layout' | 'git' | 'http' | 'local' | 'frontend';
  /**
   * As BuildKit writes it: `docker-image://docker.io/library/alpine:3.22`, `git://github.com/team/app.git#main`,
   * `https://example.com/file`, `local://context`, `oci-layout://folder:tag`.
   */
  readonly identifier: string;
  /** As it was written; without users and passwords. */
  readonly name: string;
  /** Of an image: `linux/amd64`. */
  readonly platform?: string;
  /** What else is known, under BuildKit's names: `http.checksum`, `git.checksum`, `git.fullurl`. */
  readonly attributes: Readonly<Record<string, string>>;
}

/**
 * What becomes of a source. A pin is the digest of an image or download, or the commit of a repository: content with
 * another is refused. A replacement is another identifier of the same kind.
 */
export type PolicyVerdict =
  | { readonly allow: true }
  | { readonly deny: true; readonly reason?: string }
  | { readonly pin: string }
  | { readonly replace: string; readonly pin?: string };

/** Asked for every source of a build before anything is fetched from it; for one that is used twice perhaps twice. */
export type SourcePolicy = (source: PolicySource) => PolicyVerdict | Promise<PolicyVerdict>;

/** Files in BuildKit's JSON format (`EXPERIMENTAL_BUILDKIT_SOURCE_POLICY`); a source must pass every one. */
export interface SourcePolicyFiles {
  readonly files: readonly string[];
}
