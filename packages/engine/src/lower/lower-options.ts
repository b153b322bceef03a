import type { Platform } from '@tsbuild/core';
import type { LocalSource, ResolvedImage } from '../graph.ts';
import type { SourceGuard } from '../policy/source-guard.ts';
import type { BuildPlatforms } from './global-args.ts';

/** What decides how a Dockerfile is lowered, besides its text. */
export interface LowerOptions {
  readonly target: string | undefined;
  readonly platforms: BuildPlatforms;
  /** The platform was asked for: the image says so whatever its base says. */
  readonly isPlatformExplicit: boolean;
  /** Several platforms are built: steps say which is theirs. */
  readonly showsPlatform: boolean;
  readonly buildArgs: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  readonly extraHosts: Readonly<Record<string, string>>;
  /** Entitlements (`--allow`). */
  readonly allowed: ReadonlySet<string>;
  readonly network: 'default' | 'none' | 'host';
  readonly buildContext: LocalSource;
  /** Tells the steps of one project from those of another with a Dockerfile of the same name. */
  readonly contextName: string;
  /** Named contexts by lower-case name. */
  readonly namedContexts: ReadonlyMap<string, NamedContext>;
  readonly noCache: (stageName: string) => boolean;
  /** Milliseconds for which results of the stage's steps may be used. */
  readonly ttl: (stageName: string) => number | undefined;
  /** @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND and the registry's errors */
  readonly resolveImage: (name: string, platform: Platform) => Promise<ResolvedImage>;
  /** What a policy makes of the URL and checksum of an ADD. Absent: nothing. */
  readonly admitUrl?: SourceGuard['url'];
  /** @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
  readonly resolveLayout: (name: string, platform: Platform) => Promise<ResolvedImage>;
}

/** What `--build-context NAME=…` puts in place of a stage or image. */
export type NamedContext =
  | { readonly kind: 'local'; readonly source: LocalSource }
  | { readonly kind: 'image'; readonly name: string }
  /** An image in a folder, `folder[:tag|@digest]`, or with its scheme in an archive or in Docker's engine. */
  | { readonly kind: 'layout'; readonly name: string };
