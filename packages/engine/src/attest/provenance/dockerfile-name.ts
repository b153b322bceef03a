import { basename, isAbsolute } from 'node:path';
import type { Dockerfile } from '@tsbuild/dockerfile';
import { publicUrl } from '../public-url.ts';

/** The Dockerfile's path in its context or its URL; where on a machine it lies is nobody's business. */
export function dockerfileName({ source: { name } }: Dockerfile): string {
  return isAbsolute(name) ? basename(name) : publicUrl(name);
}
