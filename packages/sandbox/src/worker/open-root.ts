import { closeSync, fstatSync, openSync } from 'node:fs';
import { TsbuildError } from '@tsbuild/core';
import { O_PATH } from '../linux/flags.ts';
import { type CreatedEntry, openInRoot } from './root-path.ts';

/** A root file system that a command can be started in. */
export class OpenRoot {
  readonly path: string;
  /** Open with O_PATH. */
  readonly fd: number;

  constructor(path: string) {
    this.path = path;
    this.fd = openSync(path, O_PATH);
  }

  /** Makes the working directory if it is missing; unlike mount points it stays. Returns it without symlinks. */
  makeWorkingDirectory(cwd: string): string {
    const { path, isDirectory } = this.makeFolder(cwd);
    if (isDirectory) return `/${path}`;
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', `working directory ${JSON.stringify(cwd)} is not a folder`);
  }

  /** Makes a folder that the kernel's or the sandbox's own files go to; it stays. */
  requireFolder(name: string): void {
    const { path, isDirectory } = this.makeFolder(name);
    if (isDirectory && path === name) return;
    throw new TsbuildError('ERR_TSBUILD_SANDBOX', `/${name} of the root is not a folder`, {
      hint: 'the sandbox mounts it; a symlink in its place is refused',
    });
  }

  /** Where `target` leads and whether a folder is there; made when it is missing. */
  makeFolder(target: string): { readonly path: string; readonly isDirectory: boolean } {
    const created: CreatedEntry[] = [];
    const place = openInRoot(this.fd, target, { kind: 'directory', created });
    for (const { parent } of created) closeSync(parent);
    if (place === undefined) throw new Error(`no place for ${target}`);
    const isDirectory = fstatSync(place.fd).isDirectory();
    closeSync(place.fd);
    return { path: place.path, isDirectory };
  }

  /** Lets go of it. */
  close(): void {
    closeSync(this.fd);
  }
}
