import type { ArgInstruction, Environment } from '@tsbuild/dockerfile';
import type { StageContext } from './stage-context.ts';
import { type StageState, withHistory } from './stage-state.ts';

/**
 * ARG: a build argument wins, then the default, then the global ARG of that name. The value enters the environment;
 * without any value the name is only declared.
 */
export function lowerArg(instruction: ArgInstruction, state: StageState, context: StageContext): StageState {
  let { env, args } = state;
  const declared: string[] = [];
  for (const { name, defaultValue } of instruction.args) {
    const value = argValue(name, defaultValue, env, instruction, context);
    if (value !== undefined) env = env.with(name, value);
    args = args.with(name, value);
    declared.push(value === undefined ? name : `${name}=${value}`);
  }
  return withHistory({ ...state, env, args }, `ARG ${declared.join(' ')}`);
}

function argValue(
  name: string,
  defaultValue: string | undefined,
  env: Environment,
  instruction: ArgInstruction,
  { buildArgs, globalArgs, expander }: StageContext,
): string | undefined {
  const given = buildArgs[name];
  if (given !== undefined) return given;
  return defaultValue === undefined ? globalArgs.get(name) : expander.expand(defaultValue, env, instruction);
}
