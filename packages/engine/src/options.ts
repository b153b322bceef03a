import type { BuildEvent, ByteStream, FileTree, ResourceLimits } from '@tsbuild/core';
import type { ComposedStage } from '@tsbuild/dockerfile';
import type { ProvenanceOptions, SbomOptions } from './attest/attest-options.ts';
import type { SignOptions } from './attest/sign/sign-options.ts';
import type { CacheFromOptions, CacheToOptions } from './cache/shared/shared-options.ts';
import type { SourcePolicy, SourcePolicyFiles } from './policy/policy-types.ts';
import type { RecordingOptions } from './recording/recording.ts';
import type { FailedStep } from './run/failed-step.ts';

/** A file of an in-memory build context. Text is UTF-8; the default mode is 0644. */
export type MemoryFile =
  | string
  | Uint8Array
  | { readonly content: string | Uint8Array; readonly mode?: number; readonly mtime?: number }
  | { readonly symlink: string }
  | { readonly directory: true; readonly mode?: number };

/**
 * Where COPY and ADD find their files: a folder, the URL of a git repository (`…git#ref:subdir`) or of an archive, a tar
 * stream compressed in any way or not, files in memory by path, or any tree. As a named context also an image:
 * `docker-image://name`, `oci-layout://folder[:tag|@digest]`, `oci-archive://file[:name]` and `docker-archive://file[:name]`
 * (either kind of archive, of one image unless it is named), or `docker-daemon://name`, of the engine in `DOCKER_HOST`.
 */
export type BuildContext =
  | string
  | { readonly tar: ByteStream }
  | { readonly files: Readonly<Record<string, MemoryFile>> }
  | { readonly tree: FileTree };

/** Where a secret is read from, when a step that mounts it runs. */
export type SecretSource =
  | { readonly file: string }
  | { readonly env: string }
  | { readonly value: string | Uint8Array };

/** `dest` is a path on this machine; archives and folders are written beside it and renamed. */
export type OutputOptions = OciOutput | DockerOutput | RegistryOutput | StoreOutput | LocalOutput | TarOutput;

/** An OCI archive, or with `tar: false` an OCI layout folder. */
export interface OciOutput extends ImageOutputOptions {
  readonly type: 'oci';
  readonly dest: string;
  readonly tar?: boolean;
  /** Names in it, between commas. @default the tags of the build */
  readonly name?: string;
}

/** Where images can be loaded into. */
export type EngineName = 'docker' | 'podman' | 'containerd';

/** An archive that `docker load` reads, or without `dest` the image loaded into a container engine (`--load`). */
export interface DockerOutput extends ImageOutputOptions {
  readonly type: 'docker';
  readonly dest?: string;
  /** Without `dest`: what to load it into. @default the first that is there: Docker, podman, containerd */
  readonly engine?: EngineName;
  /** Names in it, between commas. @default the tags of the build */
  readonly name?: string;
}

/** Push under every tag, or under `name` (several between commas). */
export interface RegistryOutput extends ImageOutputOptions {
  readonly type: 'registry';
  readonly name?: string;
  /** Push without a tag: the digest of the result is the only name. Names have none then. @default false */
  readonly pushByDigest?: boolean;
}

/** Keep in the store under every tag, or under `name` (several between commas); what happens when there are no outputs. */
export interface StoreOutput extends ImageOutputOptions {
  readonly type: 'image';
  readonly name?: string;
  /** Also keep it as `NAME@DIGEST`. @default false */
  readonly nameCanonical?: boolean;
  /** Keep an image without any name as `PREFIX@DIGEST`. */
  readonly danglingNamePrefix?: string;
}

/** Write the files of the image into a folder; they belong to the caller. */
export interface LocalOutput {
  readonly type: 'local';
  readonly dest: string;
  /** `delete` removes from the folder what the image does not have. @default 'copy' */
  readonly mode?: 'copy' | 'delete';
  /** A folder for each platform, such as `linux_arm64`. @default true for several platforms */
  readonly platformSplit?: boolean;
}

/** Write the files of the image as a tar. */
export interface TarOutput {
  readonly type: 'tar';
  readonly dest: string;
  /** A folder for each platform, such as `linux_arm64`. @default true for several platforms */
  readonly platformSplit?: boolean;
}

/**
 * Which layers become one: `all`; `base`, those that were built on the base image, as `docker build --squash` does;
 * `stages`, those of each stage that the target stands on; `stage:NAME`, those above a stage.
 */
export type Squash = 'all' | 'base' | 'stages' | `stage:${string}`;

/** What every output that holds an image takes. */
export interface ImageOutputOptions {
  /** @default 'gzip' */
  readonly compression?: 'gzip' | 'zstd' | 'uncompressed';
  /** 0–9 for gzip, 1–22 for zstd. */
  readonly compressionLevel?: number;
  /** Also recompress the layers of the base. @default false */
  readonly forceCompression?: boolean;
  /** @default true */
  readonly ociMediaTypes?: boolean;
  /**
   * Write attestations as OCI artifacts whose subject is the image: registries list them as referrers then.
   * @default false
   */
  readonly ociArtifact?: boolean;
  /** Fewer layers in this output; the id of its image is another then. @default every step has its layer */
  readonly squash?: Squash;
  /** As `annotations` of the build, for this output; they win. */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** One build, in the words of `docker build`. */
export interface BuildOptions {
  /** The build context (`PATH` of `docker build`). */
  readonly context: BuildContext;
  /**
   * Dockerfile path, relative to the context folder (`--file` of the command is relative to the working directory), or
   * its http(s) URL. @default 'Dockerfile', else 'dockerfile'
   */
  readonly file?: string;
  /** The Dockerfile's text, or stages composed in TypeScript (`stage()`), instead of `file`. */
  readonly dockerfile?: string | ComposedStage;
  /** Stage to build (`--target`). @default the last stage */
  readonly target?: string;
  /**
   * Each `os/arch[/variant]` (`--platform`). Several make one image each, under one index; steps that do not depend on
   * the platform run once. @default this machine's, on Linux
   */
  readonly platforms?: readonly string[];
  /**
   * Modes that files of the contexts have in the image (`--modes`): `exact` are those on disk, `git` those that git keeps,
   * 0644 or 0755, so that checkouts under another umask give the same layers. @default 'exact'
   */
  readonly modes?: 'exact' | 'git';
  /** Values for ARG (`--build-arg`). */
  readonly buildArgs?: Readonly<Record<string, string>>;
  /** Named contexts (`--build-context`): replace the image or stage of that name. */
  readonly buildContexts?: Readonly<Record<string, BuildContext>>;
  /** Added to the image's labels (`--label`); they win over LABEL. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Annotations of manifests (`--annotation`), by keys such as `org.opencontainers.image.title`. A key may begin with
   * `manifest`, `index`, `manifest-descriptor` or `index-descriptor` and a colon, and of these the first and third may
   * name a platform: `manifest[linux/arm64]:KEY`.
   */
  readonly annotations?: Readonly<Record<string, string>>;
  /** By id (`--secret`). */
  readonly secrets?: Readonly<Record<string, SecretSource>>;
  /** By id (`--ssh`): the socket of an agent, or files of private keys, which an agent gets for as long as the build takes. */
  readonly ssh?: Readonly<Record<string, string | readonly string[]>>;
  /** Lines for /etc/hosts: name → address (`--add-host`). */
  readonly addHosts?: Readonly<Record<string, string>>;
  /** Network of RUN steps (`--network`). @default 'default' */
  readonly network?: 'default' | 'host' | 'none';
  /** Entitlements that RUN steps may use (`--allow`). @default none */
  readonly allow?: readonly ('network.host' | 'security.insecure')[];
  /** Bytes of /dev/shm in RUN steps (`--shm-size`). @default 64 MiB */
  readonly shmSize?: number;
  /** Limits of the processes of RUN steps by name (`--ulimit`); -1 is unlimited. */
  readonly ulimits?: Readonly<Record<string, { readonly soft: number; readonly hard: number }>>;
  /**
   * What the processes of a RUN step may use together (`--memory`, `--cpu-quota`, `--pids-limit`, …). Where this machine
   * does not let us limit them, RUN is refused. @default no limits
   */
  readonly resources?: ResourceLimits;
  /** Milliseconds after which the command of a RUN step is stopped (`--step-timeout`). @default no limit */
  readonly stepTimeout?: number;
  /** Fewer layers (`--squash` is `base`). Steps are cached one by one all the same. @default every step has its layer */
  readonly squash?: Squash;
  /** Names for the image (`--tag`). */
  readonly tags?: readonly string[];
  /** @default [{ type: 'image' }] */
  readonly outputs?: readonly OutputOptions[];
  /** Run every step, adopting no recorded result (`--no-cache`). @default false */
  readonly noCache?: boolean;
  /** The same for some stages (`--no-cache-filter`). */
  readonly noCacheFilter?: readonly string[];
  /**
   * Milliseconds for which recorded results may be used, by stage; the empty name means every stage (`--ttl`). A comment
   * `# tsbuild: ttl=1d` above an instruction says it for one step; the shorter time counts.
   */
  readonly ttl?: Readonly<Record<string, number>>;
  /** Shared caches that are asked, in this order, for what the store lacks (`--cache-from`). @default [] */
  readonly cacheFrom?: readonly CacheFromOptions[];
  /** Shared caches that are written after the image (`--cache-to`); also `BUILDKIT_INLINE_CACHE=1` of `buildArgs`. @default [] */
  readonly cacheTo?: readonly CacheToOptions[];
  /** Ask the registry for a newer base even if the store has one (`--pull`). @default false */
  readonly pull?: boolean;
  /** Seconds since 1970; clamps the times in config, history and new layers. */
  readonly sourceDateEpoch?: number;
  /** SLSA provenance of each image, beside it in an index (`--provenance`). @default false */
  readonly provenance?: boolean | ProvenanceOptions;
  /** A bill of materials of each image, beside it in an index (`--sbom`). @default false */
  readonly sbom?: boolean | SbomOptions;
  /**
   * Asked for every source of the build before anything is fetched from it: may allow, deny, pin or replace it
   * (`--policy`). @default everything is allowed
   */
  readonly policy?: SourcePolicy | SourcePolicyFiles;
  /** Sign what is pushed, with a key of cosign's (`--sign`). */
  readonly sign?: SignOptions;
  /**
   * Called when a RUN step failed, with its root as the command left it, for debugging. Everything else of the build was
   * ended before. The root exists until the promise settles; then the build fails with the step's error, or with what
   * the callback threw.
   */
  readonly onError?: (failure: FailedStep) => Promise<void> | void;
  /**
   * Called with every event, in order. A command that prints waits while a promise that was returned for its `step-log` is
   * pending; it ends, and the build fails, when that promise is rejected.
   */
  readonly onEvent?: ((event: BuildEvent) => Promise<void>) | ((event: BuildEvent) => void);
  readonly signal?: AbortSignal;
}

/** What bounds a download of a build context, of ADD, or of a repository. */
export interface DownloadLimits {
  /** @default 64 GiB */
  readonly maxBytes?: number | undefined;
  /** Milliseconds without a byte from the server. @default 60,000 */
  readonly idleTimeoutMs?: number | undefined;
}

/** What a builder owns and may use; nothing is needed. */
export interface BuilderOptions {
  /** The store's folder (`--root`). @default `TSBUILD_ROOT`, else `$XDG_DATA_HOME/tsbuild` */
  readonly root?: string;
  /** Bytes that the store may have after a build. @default the smaller of a tenth of the disk and 20 GB */
  readonly maxStoreSize?: number;
  /** How RUN steps are executed. @default 'builtin' */
  readonly runner?: 'builtin' | 'runc' | 'crun';
  /**
   * For users without subordinate ids: a `chown` in RUN does nothing and succeeds, instead of failing because only root
   * exists (`--ignore-chown-errors`). @default false
   */
  readonly ignoreChownErrors?: boolean;
  /** Writes down what RUN steps make, or takes it from there instead of executing anything. @default neither */
  readonly recording?: RecordingOptions;
  /** Steps at work at once, of all its builds together (`--max-parallelism`). @default 16: more than there are cores, for commands mostly wait */
  readonly maxParallelism?: number;
  /** Bounds for what ADD and remote contexts fetch. */
  readonly downloads?: DownloadLimits;
  /** Credentials for registries. @default Docker's and podman's configuration files */
  readonly credentials?: import('@tsbuild/registry').CredentialSource;
  /** Settings by registry host. */
  readonly registries?: Readonly<
    Record<string, { readonly insecure?: boolean; readonly ca?: string; readonly mirrors?: readonly string[] }>
  >;
}
