import type { ByteStream, Digest } from '@tsbuild/core';
import type { ExportContext } from '../export-context.ts';
import type { SetImage } from '../export-set.ts';

/** A container engine that takes images. */
export interface Loader {
  /** What people know it by, such as `docker at unix:///var/run/docker.sock`. */
  readonly place: string;
  /** True when the engine has the image, under whatever names; then only names are missing. */
  has(image: SetImage, signal: ExportContext['signal']): Promise<boolean>;
  /** The blobs that need not be sent. */
  present(image: SetImage, signal: ExportContext['signal']): Promise<ReadonlySet<Digest>>;
  /** Takes the archive of an image. */
  load(archive: ByteStream, signal: ExportContext['signal']): Promise<void>;
  tag(image: SetImage, name: string, signal: ExportContext['signal']): Promise<void>;
}
