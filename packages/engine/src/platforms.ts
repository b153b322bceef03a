import { formatPlatform, hostPlatform, type Platform, parsePlatform } from '@tsbuild/core';
import type { BuildOptions } from './options.ts';

/** The platforms to build for, each once; this machine's when none is asked for. @throws {TsbuildError} ERR_TSBUILD_INVALID_PLATFORM */
export function platformsOf({ platforms = [] }: Pick<BuildOptions, 'platforms'>): readonly [Platform, ...Platform[]] {
  const asked = platforms.map(parsePlatform);
  const [first = hostPlatform(), ...others] = new Map(
    asked.map((platform) => [formatPlatform(platform), platform]),
  ).values();
  return [first, ...others];
}
