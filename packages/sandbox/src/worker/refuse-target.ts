import { TsbuildError } from '@tsbuild/core';

/** @throws {TsbuildError} when `path`, where the target of a mount leads, is the sandbox's own */
export function refuseTarget(path: string, target: string): void {
  const isOwn = ['', 'dev', 'proc', 'sys'].includes(path) || path.startsWith('proc/');
  if (!isOwn) return;
  throw new TsbuildError('ERR_TSBUILD_SANDBOX', `cannot mount on ${JSON.stringify(target)}`, {
    hint: "the root, /proc, /sys and /dev are the sandbox's own",
  });
}
