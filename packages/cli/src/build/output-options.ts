import type { OutputOptions } from '@tsbuild/engine';

/** Types of `--output`. */
export type OutputType = OutputOptions['type'] | 'cacheonly';

interface OptionShape {
  readonly name: string;
  /** Types that have it. */
  readonly types: readonly OutputType[];
  readonly help: string;
}

/** A key of `--output` and what tsbuild makes of it. None is ever ignored in silence. */
export type OutputOption =
  | ({ readonly status: 'supported' } & OptionShape)
  /** Values that ask for what is so anyway; any other is refused. */
  | ({ readonly status: 'no-op'; readonly accepted: readonly string[] } & OptionShape);

const LAYOUTS = ['oci', 'docker'] as const;
const NAMED = ['image', 'registry'] as const;
const IMAGES = [...NAMED, ...LAYOUTS] as const;
const FILES = ['local', 'tar'] as const;
const BOOLEANS = ['true', 'false'] as const;

const supported = (name: string, types: readonly OutputType[], help: string): OutputOption => {
  return { name, types, help, status: 'supported' };
};
const noOp = (name: string, types: readonly OutputType[], accepted: readonly string[], help: string): OutputOption => {
  return { name, types, help, accepted, status: 'no-op' };
};

/** Every key that BuildKit's exporters and buildx know. */
export const OUTPUT_OPTIONS: readonly OutputOption[] = [
  supported('dest', [...LAYOUTS, ...FILES], 'file or folder; `-` is standard output'),
  supported('engine', ['docker'], 'without dest: `docker`, `podman` or `containerd`; else the first that is there'),
  supported('name', IMAGES, 'names instead of those of `--tag`, between commas'),
  supported('push', NAMED, 'push instead of keeping in the store'),
  supported('push-by-digest', NAMED, 'push without a tag'),
  supported('name-canonical', NAMED, 'in the store also the name `NAME@DIGEST`'),
  supported('dangling-name-prefix', NAMED, 'in the store `PREFIX@DIGEST` for an image without a name'),
  supported('tar', LAYOUTS, '`false` writes a folder (oci)'),
  supported('compression', IMAGES, '`gzip`, `zstd` or `uncompressed`'),
  supported('compression-level', IMAGES, '0 to 9 for gzip, 1 to 22 for zstd'),
  supported('force-compression', IMAGES, 'compress the layers of the base too'),
  supported('oci-mediatypes', IMAGES, "`false` writes Docker's media types"),
  supported('oci-artifact', IMAGES, 'attestations as OCI artifacts, which registries list as referrers'),
  supported(
    'squash',
    IMAGES,
    'one layer: `all`, what is on the `base`, each of the `stages`, or what is on `stage:NAME`',
  ),
  supported('annotation.KEY', IMAGES, 'annotation of the manifests'),
  supported('annotation-LEVEL[PLATFORM].KEY', IMAGES, 'annotation of another level, or for one platform'),
  supported('platform-split', FILES, 'a folder for each platform'),
  supported('mode', ['local'], '`delete` removes from the folder what the image does not have'),
  noOp('rewrite-timestamp', [...IMAGES, ...FILES], ['true'], 'times of new layers always follow `SOURCE_DATE_EPOCH`'),
  noOp('store', NAMED, ['true'], 'what is not pushed is kept'),
  noOp('unpack', NAMED, ['false'], 'the store unpacks what a step needs'),
  noOp('buildinfo', IMAGES, BOOLEANS, 'BuildKit has dropped it'),
  noOp('buildinfo-attrs', IMAGES, BOOLEANS, 'BuildKit has dropped it'),
  noOp('prefer-nondist-layers', IMAGES, ['true'], 'layers of a base stay as they were pulled'),
  noOp('lease', IMAGES, BOOLEANS, 'nothing of a build is removed while it runs'),
];

const ANNOTATION = /^annotation(?:-([a-z-]+))?(?:\[([^\]]+)\])?\.(\S+)$/;

/** The key of `--annotation` that an output's key stands for. */
export function annotationKey(name: string): string | undefined {
  const [, level = 'manifest', platform, key] = ANNOTATION.exec(name) ?? [];
  if (key === undefined) return undefined;
  return `${level}${platform === undefined ? '' : `[${platform}]`}:${key}`;
}
