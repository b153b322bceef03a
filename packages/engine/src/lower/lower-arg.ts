import type { ArgInstruction } from '@tsbuild/dockerfile';
import type { StageContext } from './stage-context.ts';
import { type DeclaredArg, type StageState, withHistory } from './stage-state.ts';

/**
 * ARG: a build argument wins, then the default, then the global ARG of that name. The value enters the environment;
 * without any value the name is only declared.
 */
export function lowerArg(instruction: ArgInstruction, state: StageState, context: StageContext): StageState {
  const env = new Map(state.env);
  const declared: DeclaredArg[] = [];
  for (const { name, defaultValue } of instruction.args) {
    const value = argValue(name, defaultValue, env, instruction, context);
    if (value !== undefined) env.set(name, value);
    declared.push({ name, value });
  }
  const text = declared.map(({ name, value }) => (value === undefined ? name : `${name}=${value}`)).join(' ');
  return withHistory({ ...state, env, args: [...state.args, ...declared] }, `ARG ${text}`);
}

function argValue(
  name: string,
  defaultValue: string | undefined,
  env: ReadonlyMap<string, string>,
  instruction: ArgInstruction,
  { buildArgs, globalArgs, expander }: StageContext,
): string | undefined {
  const given = buildArgs[name];
  if (given !== undefined) return given;
  return defaultValue === undefined ? globalArgs.get(name) : expander.expand(defaultValue, env, instruction);
}
