import { digestHex } from '@tsbuild/core';
import type { TransferProgress } from '@tsbuild/engine';

/** Docker's words for what became of a blob. */
export interface TransferWords {
  readonly copied: string;
  readonly exists: string;
  readonly mounted: string;
}

export const PULL_WORDS: TransferWords = { copied: 'Pull complete', exists: 'Already exists', mounted: 'Mounted' };
export const PUSH_WORDS: TransferWords = { copied: 'Pushed', exists: 'Layer already exists', mounted: 'Mounted' };

/** Writes a line for each blob when it is done, once. */
export function transferLines(
  stream: NodeJS.WritableStream,
  words: TransferWords,
): (progress: TransferProgress) => void {
  const told = new Set<string>();
  return ({ digest, status, reference }) => {
    const key = `${reference}@${digest}`;
    if (status === 'copying' || told.has(key)) return;
    told.add(key);
    stream.write(`${digestHex(digest).slice(0, 12)}: ${words[status]}\n`);
  };
}
