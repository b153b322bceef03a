import { isTsbuildError, type Platform, parsePlatform } from '@tsbuild/core';

/** The platform that `text` means, or undefined when it means none: the build will say so. */
export function platformOrUndefined(text: string): Platform | undefined {
  try {
    return parsePlatform(text);
  } catch (error) {
    if (isTsbuildError(error)) return undefined;
    throw error;
  }
}
