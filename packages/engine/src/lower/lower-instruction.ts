import type { StageInstruction } from '@tsbuild/dockerfile';
import { lowerArg } from './lower-arg.ts';
import {
  lowerCmd,
  lowerEntrypoint,
  lowerEnv,
  lowerExpose,
  lowerHealthcheck,
  lowerLabel,
  lowerMaintainer,
  lowerOnbuild,
  lowerShell,
  lowerStopsignal,
  lowerUser,
  lowerVolume,
} from './lower-config.ts';
import { lowerCopy } from './lower-copy.ts';
import { lowerRun } from './lower-run.ts';
import { lowerWorkdir } from './lower-workdir.ts';
import type { StageContext } from './stage-context.ts';
import type { StageState } from './stage-state.ts';

/** The state of a stage after one more instruction. */
export function lowerInstruction(
  instruction: StageInstruction,
  state: StageState,
  context: StageContext,
): StageState | Promise<StageState> {
  switch (instruction.kind) {
    case 'ARG':
      return lowerArg(instruction, state, context);
    case 'ENV':
      return lowerEnv(instruction, state, context);
    case 'LABEL':
      return lowerLabel(instruction, state, context);
    case 'RUN':
      return lowerRun(instruction, state, context);
    case 'COPY':
    case 'ADD':
      return lowerCopy(instruction, state, context);
    case 'WORKDIR':
      return lowerWorkdir(instruction, state, context);
    case 'CMD':
      return lowerCmd(instruction, state);
    case 'ENTRYPOINT':
      return lowerEntrypoint(instruction, state);
    case 'SHELL':
      return lowerShell(instruction, state);
    case 'USER':
      return lowerUser(instruction, state, context);
    case 'VOLUME':
      return lowerVolume(instruction, state, context);
    case 'EXPOSE':
      return lowerExpose(instruction, state, context);
    case 'STOPSIGNAL':
      return lowerStopsignal(instruction, state, context);
    case 'HEALTHCHECK':
      return lowerHealthcheck(instruction, state);
    case 'ONBUILD':
      return lowerOnbuild(instruction, state);
    case 'MAINTAINER':
      return lowerMaintainer(instruction, state);
    default:
      return instruction satisfies never;
  }
}
