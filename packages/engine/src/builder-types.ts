import type { Descriptor } from '@tsbuild/core';
import type { BuildOptions } from './options.ts';
import type { BuildResult, BuiltImage } from './result.ts';

/** Owns the store, the sandbox worker, connection pools and limits. */
export interface Builder extends AsyncDisposable {
  /** Folder of the store. */
  readonly root: string;
  /** Builds the target stage and hands the image to every output. @throws {DockerfileError} @throws {ExecError} @throws {TsbuildError} */
  build(options: BuildOptions): Promise<BuildResult>;
  /** An image of the store by name or id. @throws {TsbuildError} ERR_TSBUILD_IMAGE_NOT_FOUND */
  image(reference: string): Promise<BuiltImage>;
  /** Tagged images of the store, newest first. */
  images(): Promise<readonly { readonly reference: string; readonly descriptor: Descriptor; readonly created: Date }[]>;
}
