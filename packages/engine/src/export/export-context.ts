import { dirname } from 'node:path';
import {
  type ByteStream,
  type Descriptor,
  fromSystemError,
  isTsbuildError,
  SolveError,
  systemErrorCode,
} from '@tsbuild/core';
import type { RegistryClient } from '@tsbuild/registry';
import type { Store } from '@tsbuild/store';
import type { Attestation } from '../attest/attest-options.ts';
import type { Signer } from '../attest/sign/signer.ts';
import type { Reporter } from '../events.ts';
import type { StepInfo } from '../graph.ts';
import type { AssembledImage } from '../image/assemble.ts';
import type { ChainLayer } from '../solve/chain.ts';
import type { Layers } from '../solve/layers.ts';
import type { Attach } from './export-set.ts';

export type AttestationsOf = (image: AssembledImage) => readonly Attestation[];

/** What exporters share. */
export interface ExportContext {
  readonly store: Store;
  readonly layers: Layers;
  readonly registry: () => Promise<RegistryClient>;
  readonly reporter: Reporter;
  /** The step that the export shows as. */
  readonly step: StepInfo;
  /** Names of the image in this output. */
  readonly tags: readonly string[];
  /** Absent: the images have no attestations. */
  readonly attach?: Attach | undefined;
  /** What is stated of an image, for outputs that are no images. */
  readonly attestationsOf?: AttestationsOf | undefined;
  /** Signs what is pushed. */
  readonly sign?: Signer | undefined;
  readonly signal: AbortSignal | undefined;
}

/** The bytes of a layer in one of its forms; `base` is the layer whose blob it is as it was pulled. */
export async function openLayer(
  form: Descriptor,
  base: ChainLayer | undefined,
  { store, layers }: ExportContext,
  signal: AbortSignal | undefined,
): Promise<ByteStream> {
  if (base !== undefined) await layers.fetchBlob(base, signal);
  return store.blobs.fetch(form, { signal });
}

/** What went wrong with an output, in words for people; tsbuild's own errors and an abort pass unchanged. */
export function writeFailed(dest: string, cause: unknown, { signal }: ExportContext): unknown {
  if (signal?.aborted === true) return cause;
  const known = fromSystemError(cause, `writing ${dest}`);
  if (isTsbuildError(known)) return known;
  if (systemErrorCode(cause) === 'ENOENT') {
    const hint = `create the folder ${dirname(dest)} first`;
    return new SolveError('ERR_TSBUILD_OUTPUT', `cannot write ${dest}: its folder does not exist`, { cause, hint });
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new SolveError('ERR_TSBUILD_OUTPUT', `cannot write ${dest}: ${reason}`, { cause });
}
