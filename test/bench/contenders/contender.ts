import type { TempFolder } from '../../support/temp-folder.ts';

/** One build, as every contender can do it. */
export interface BenchBuild {
  readonly context: string;
  readonly dockerfile: string;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Complete name; pushed there when `output` is `push`. */
  readonly image: string;
  readonly output: BenchOutput;
}

/**
 * Where the image ends: in the contender's own storage, in a compressed OCI archive, or in the registry. `docker save`
 * does not compress: compare its archives with that in mind.
 */
export type BenchOutput =
  | { readonly kind: 'storage' }
  | { readonly kind: 'archive'; readonly dest: string }
  | { readonly kind: 'push' };

/** A program that builds images, with storage of its own. */
export interface Contender extends AsyncDisposable {
  readonly name: string;
  /** Forgets every image and every cached step. */
  reset(): Promise<void>;
  /** Builds; this is what is measured. */
  build(build: BenchBuild): Promise<void>;
}

export interface ContenderKind {
  readonly name: string;
  /** Parts of the machine that it needs. */
  readonly parts: readonly string[];
  open(folder: TempFolder): Promise<Contender>;
}

/** The arguments that all three command lines share. */
export function buildArguments({ buildArgs, dockerfile, image }: BenchBuild): string[] {
  const values = Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  return ['--file', dockerfile, '--tag', image, ...values];
}
