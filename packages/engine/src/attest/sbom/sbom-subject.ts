import { createHash } from 'node:crypto';
import type { Digest } from '@tsbuild/core';

/** The image that an SBOM is of. */
export interface SbomSubject {
  /** Its first name, or its id where it has none. */
  readonly name: string;
  /** Digest of its config. */
  readonly id: Digest;
  /** When it was made: a document of the same image is the same document. */
  readonly created: string;
}

/** RFC 3339 with whole seconds in UTC, the only form that SPDX allows. */
export function wholeSeconds(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '1970-01-01T00:00:00Z' : `${date.toISOString().slice(0, 19)}Z`;
}

/** A UUID (version 8) that follows from a document's content. */
export function contentUuid(content: unknown): string {
  const hex = createHash('sha256').update(JSON.stringify(content)).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 18), 16) & 0x3f) | 0x80).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `${variant}${hex.slice(18, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
