import { redactCredentials } from '@tsbuild/core';

/** A URL without the user and password that it may have: for documents that are published. */
export function publicUrl(url: string): string {
  return redactCredentials(url).replace('//***@', '//');
}
