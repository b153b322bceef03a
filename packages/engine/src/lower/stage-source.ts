import { DockerfileError, isTsbuildError, type Platform, TsbuildError } from '@tsbuild/core';
import { didYouMean, type Stage, type StageInstruction } from '@tsbuild/dockerfile';
import type { ImageVertex, SourceRef } from '../graph.ts';
import type { BaseLookup } from './stage-base.ts';
import { findStage } from './stage-graph.ts';
import { imageVertex } from './step-ids.ts';

interface SourceUse {
  readonly isCopy: boolean;
  readonly instruction: StageInstruction;
  readonly stage: Stage;
  /** Name of the stage as shown. */
  readonly stageName: string;
  readonly platform: Platform;
  /** Told of an image that only this use needs. */
  onImage(vertex: ImageVertex): void;
}

/**
 * `--from` and a mount's `from`: a named context, an earlier stage, `scratch`, or an image.
 * @throws {DockerfileError} @throws {TsbuildError}
 */
export async function stageSource(name: string, use: SourceUse, lookup: BaseLookup): Promise<SourceRef> {
  const { options, stages, newId } = lookup;
  const context = options.namedContexts.get(name.toLowerCase());
  if (context?.kind === 'local') return { kind: 'local', name, source: context.source };
  const stage = context === undefined ? findStage(name, use.isCopy, stages) : undefined;
  if (stage !== undefined) {
    if (stage.index >= use.stage.index) throw definedLater(name, use);
    return { kind: 'rootfs', rootfs: (await lookup.lowerStage(stage)).rootfs, name };
  }
  if (use.isCopy && /^\d+$/.test(name)) throw unknownIndex(name, stages.length);
  if (name === 'scratch') return { kind: 'rootfs', rootfs: undefined, name };
  const image =
    context?.kind === 'layout'
      ? await options.resolveLayout(context.name, use.platform)
      : await options.resolveImage(context?.name ?? name, use.platform).catch((error: unknown) => {
          throw maybeStage(error, name, stages.slice(0, use.stage.index));
        });
  const vertex = imageVertex(image, name, use.instruction.range, newId);
  use.onImage(vertex);
  return { kind: 'rootfs', rootfs: vertex, name };
}

/** A name that no stage has may be a misspelt one: then the registry's answer is not the whole story. */
export function maybeStage(error: unknown, name: string, stages: readonly Stage[]): unknown {
  const names = stages.flatMap((stage) => stage.name ?? []);
  const near = didYouMean(name, names);
  if (near === undefined || !isTsbuildError(error)) return error;
  return new TsbuildError(error.code, `no stage is named ${JSON.stringify(name)}, and as an image: ${error.message}`, {
    cause: error,
    hint: near,
  });
}

function definedLater(name: string, { isCopy, stageName }: SourceUse): DockerfileError {
  const text = `cannot ${isCopy ? 'copy' : 'mount'} from stage ${JSON.stringify(name)}, it needs to be defined before current stage ${JSON.stringify(stageName)}`;
  return new DockerfileError('ERR_TSBUILD_UNKNOWN_STAGE', text, { hint: 'move the stage up' });
}

function unknownIndex(index: string, count: number): DockerfileError {
  const hint = count === 1 ? 'the only stage has number 0' : `stages are numbered from 0 to ${count - 1}`;
  return new DockerfileError('ERR_TSBUILD_UNKNOWN_STAGE', `invalid stage index ${index}`, { hint });
}
