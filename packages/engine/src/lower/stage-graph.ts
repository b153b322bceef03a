import { DockerfileError, type SourceRange, type SourceText } from '@tsbuild/core';
import type { Dockerfile, Stage, StageInstruction } from '@tsbuild/dockerfile';

/** Stages by their names; of several with one name the last one counts. */
export function stagesByName(stages: readonly Stage[]): ReadonlyMap<string, Stage> {
  return new Map(stages.flatMap((stage) => (stage.name === undefined ? [] : [[stage.name, stage] as const])));
}

/** The stage that `COPY --from` or a mount's `from` means: its name in any case of letters, or for COPY its number. */
export function findStage(from: string, isCopy: boolean, stages: readonly Stage[]): Stage | undefined {
  if (isCopy && /^\d+$/.test(from)) return stages[Number(from)];
  return stagesByName(stages).get(from.toLowerCase());
}

/** The values of `--from` and of mounts' `from`, as far as they can be told without expansion. */
function referencedStages(instruction: StageInstruction): { readonly from: string; readonly isCopy: boolean }[] {
  if (instruction.kind === 'COPY')
    return instruction.from === undefined ? [] : [{ from: instruction.from, isCopy: true }];
  if (instruction.kind !== 'RUN') return [];
  return instruction.mounts.flatMap((mount) => {
    const from = /(?:^|,)\s*"?from=([^,"]+)/i.exec(mount)?.[1];
    return from === undefined ? [] : [{ from, isCopy: false }];
  });
}

/** `stage` and every stage that it is built on or takes files from. */
export function neededStages(stage: Stage, stages: readonly Stage[]): ReadonlySet<Stage> {
  const needed = new Set<Stage>();
  const visit = (next: Stage): void => {
    if (needed.has(next)) return;
    needed.add(next);
    for (const { to } of edgesOf(next, stages)) visit(to);
  };
  visit(stage);
  return needed;
}

interface Edge {
  readonly to: Stage;
  readonly range: SourceRange;
}

/** Stages on top of each other, or copying from each other, more levels deep than this are nobody's build. */
const MAX_DEPTH = 500;

/** @throws {DockerfileError} when stages copy from each other in a circle, or need each other too many levels deep */
export function refuseCircles({ stages, source }: Dockerfile): void {
  /** Levels of stages that a stage needs, itself included. */
  const depths = new Map<Stage, number>();
  const depthOf = (stage: Stage, path: readonly Stage[], range: SourceRange): number => {
    if (path.includes(stage)) throw circular(stage, range, source);
    const known = depths.get(stage);
    if (known !== undefined) return known;
    const below = edgesOf(stage, stages).map((edge) => depthOf(edge.to, [...path, stage], edge.range));
    const depth = 1 + Math.max(0, ...below);
    if (depth > MAX_DEPTH || path.length > MAX_DEPTH) throw tooDeep(range, source);
    depths.set(stage, depth);
    return depth;
  };
  for (const stage of stages) depthOf(stage, [], stage.from.range);
}

function edgesOf(stage: Stage, stages: readonly Stage[]): Edge[] {
  const base = stages.slice(0, stage.index).findLast(({ name }) => name !== undefined && name === stage.from.image);
  const edges: Edge[] = base === undefined ? [] : [{ to: base, range: stage.from.range }];
  for (const instruction of stage.instructions) {
    for (const { from, isCopy } of referencedStages(instruction)) {
      const to = findStage(from, isCopy, stages);
      if (to !== undefined) edges.push({ to, range: instruction.range });
    }
  }
  return edges;
}

function tooDeep(range: SourceRange | undefined, source: SourceText): DockerfileError {
  return new DockerfileError('ERR_TSBUILD_UNKNOWN_STAGE', `stages need each other more than ${MAX_DEPTH} levels deep`, {
    range,
    source,
    hint: 'join some of them',
  });
}

function circular(stage: Stage, range: SourceRange | undefined, source: SourceText): DockerfileError {
  return new DockerfileError(
    'ERR_TSBUILD_UNKNOWN_STAGE',
    `circular dependency detected on stage: ${stage.name ?? stage.index}`,
    {
      range,
      source,
      hint: 'stages can only copy from stages that do not need them',
    },
  );
}
