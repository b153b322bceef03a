import type { WorkdirInstruction } from '@tsbuild/dockerfile';
import type { WorkdirVertex } from '../graph.ts';
import { cleanAbsolute, resolveWorkdir } from './paths.ts';
import type { StageContext } from './stage-context.ts';
import { type StageState, withConfig, withHistory, withVertex } from './stage-state.ts';

/** WORKDIR: the config keeps the path as written; the directory is made, unless it is the root. */
export function lowerWorkdir(instruction: WorkdirInstruction, state: StageState, context: StageContext): StageState {
  const WorkingDir = resolveWorkdir(
    state.config.WorkingDir,
    context.expander.expand(instruction.path, state.env, instruction),
  );
  const next = withConfig(state, { WorkingDir });
  const path = cleanAbsolute(WorkingDir);
  if (path === '/') return withHistory(next, `WORKDIR ${WorkingDir}`);
  const vertex: WorkdirVertex = {
    op: 'workdir',
    step: context.step(instruction, state),
    parent: state.rootfs,
    path,
    user: state.config.User ?? '',
  };
  return withHistory(withVertex(next, vertex), `WORKDIR ${WorkingDir}`, vertex);
}
