import { DockerfileError, type Healthcheck } from '@tsbuild/core';
import {
  type CommandForm,
  expandPorts,
  type HealthcheckInstruction,
  parseStopSignal,
  type StageInstruction,
} from '@tsbuild/dockerfile';
import type { Expander } from './expander.ts';
import { goDuration, goList, goQuoteList } from './go-format.ts';
import type { StageContext } from './stage-context.ts';
import { type StageState, withAdded, withConfig, withHistory } from './stage-state.ts';

type Of<K extends StageInstruction['kind']> = Extract<StageInstruction, { kind: K }>;

/** ENV: every value of the line is expanded with the environment before the line. */
export function lowerEnv(instruction: Of<'ENV'>, state: StageState, { expander }: StageContext): StageState {
  const pairs = expandPairs(instruction, state, expander);
  const next = withAdded(state, { env: state.added.env.withAll(pairs) });
  return withHistory({ ...next, env: state.env.withAll(pairs) }, `ENV ${pairText(pairs)}`);
}

export function lowerLabel(instruction: Of<'LABEL'>, state: StageState, { expander }: StageContext): StageState {
  const pairs = expandPairs(instruction, state, expander);
  const next = withConfig(state, { Labels: state.config.Labels ?? {} });
  return withHistory(withAdded(next, { labels: state.added.labels.withAll(pairs) }), `LABEL ${pairText(pairs)}`);
}

type Pair = readonly [key: string, value: string];

function expandPairs(instruction: Of<'ENV' | 'LABEL'>, { env }: StageState, expander: Expander): Pair[] {
  const expand = (word: string) => expander.expand(word, env, instruction);
  return instruction.pairs.map(({ key, value }) => [expand(key), expand(value)]);
}

function pairText(pairs: readonly Pair[]): string {
  return pairs.map(([key, value]) => `${key}=${value}`).join(' ');
}

export function lowerCmd(instruction: Of<'CMD'>, state: StageState): StageState {
  const Cmd = commandArgs(instruction.command, state);
  return withHistory({ ...withConfig(state, { Cmd, ArgsEscaped: true }), isCmdSet: true }, `CMD ${goQuoteList(Cmd)}`);
}

/** ENTRYPOINT: the CMD of a base made sense for the base's entrypoint only, so it goes. */
export function lowerEntrypoint(instruction: Of<'ENTRYPOINT'>, state: StageState): StageState {
  const Entrypoint = commandArgs(instruction.command, state);
  const { Cmd, ...rest } = state.config;
  const config = { ...rest, ...(state.isCmdSet && Cmd !== undefined ? { Cmd } : {}), Entrypoint };
  return withHistory({ ...state, config }, `ENTRYPOINT ${goQuoteList(Entrypoint)}`);
}

/** The arguments of a command: as they are, or the text handed to the SHELL. */
function commandArgs(command: CommandForm, state: StageState): readonly string[] {
  return command.form === 'exec' ? command.args : [...shellOf(state), command.text];
}

const DEFAULT_SHELL = ['/bin/sh', '-c'];
const DEFAULT_WINDOWS_SHELL = ['cmd', '/S', '/C'];

export function shellOf({ config, image }: StageState): readonly string[] {
  if (config.Shell !== undefined && config.Shell.length > 0) return config.Shell;
  return image.os === 'windows' ? DEFAULT_WINDOWS_SHELL : DEFAULT_SHELL;
}

export function lowerShell(instruction: Of<'SHELL'>, state: StageState): StageState {
  return withHistory(withConfig(state, { Shell: instruction.shell }), `SHELL ${goList(instruction.shell)}`);
}

export function lowerUser(instruction: Of<'USER'>, state: StageState, { expander }: StageContext): StageState {
  const User = expander.expand(instruction.user, state.env, instruction);
  return withHistory(withConfig(state, { User }), `USER ${User}`);
}

export function lowerVolume(instruction: Of<'VOLUME'>, state: StageState, context: StageContext): StageState {
  const paths = instruction.paths.map((path) => context.expander.expand(path, state.env, instruction));
  if (paths.includes('')) {
    throw new DockerfileError('ERR_TSBUILD_DOCKERFILE_SYNTAX', 'VOLUME specified can not be an empty string', {
      range: instruction.range,
      source: context.source,
    });
  }
  const next = withConfig(state, { Volumes: state.config.Volumes ?? {} });
  const volumes = state.added.volumes.withAll(paths.map((path) => [path, {}]));
  return withHistory(withAdded(next, { volumes }), `VOLUME ${goList(paths)}`);
}

export function lowerExpose(instruction: Of<'EXPOSE'>, state: StageState, context: StageContext): StageState {
  const ports = expandPorts(instruction, state.env, context.expander.options(instruction));
  const next = withConfig(state, { ExposedPorts: state.config.ExposedPorts ?? {} });
  const added = { ports: state.added.ports.withAll(ports.map((port) => [port, {}])) };
  return withHistory(withAdded(next, added), `EXPOSE ${goList(ports)}`);
}

export function lowerStopsignal(instruction: Of<'STOPSIGNAL'>, state: StageState, context: StageContext): StageState {
  const StopSignal = parseStopSignal(context.expander.expand(instruction.signal, state.env, instruction));
  return withHistory(withConfig(state, { StopSignal }), `STOPSIGNAL ${StopSignal}`);
}

export function lowerHealthcheck(instruction: Of<'HEALTHCHECK'>, state: StageState): StageState {
  const { test, interval = 0, timeout = 0, startPeriod = 0, startInterval = 0, retries = 0 } = instruction;
  const Healthcheck: Healthcheck = {
    Test: test,
    ...(interval === 0 ? {} : { Interval: interval }),
    ...(timeout === 0 ? {} : { Timeout: timeout }),
    ...(startPeriod === 0 ? {} : { StartPeriod: startPeriod }),
    ...(startInterval === 0 ? {} : { StartInterval: startInterval }),
    ...(retries === 0 ? {} : { Retries: retries }),
  };
  return withHistory(withConfig(state, { Healthcheck }), `HEALTHCHECK ${healthcheckText(instruction)}`);
}

function healthcheckText({
  test,
  interval,
  timeout,
  startPeriod,
  startInterval,
  retries,
}: HealthcheckInstruction): string {
  const durations = Object.entries({
    Interval: interval,
    Timeout: timeout,
    StartPeriod: startPeriod,
    StartInterval: startInterval,
  });
  const fields = durations.map(([name, value]) => `${name}:${goDuration(value ?? 0)}`).join(' ');
  return `{Test:${goList(test)} ${fields} Retries:${retries ?? 0}}`;
}

/** ONBUILD leaves no history entry. */
export function lowerOnbuild(instruction: Of<'ONBUILD'>, state: StageState): StageState {
  const next = withConfig(state, { OnBuild: state.config.OnBuild ?? [] });
  return withAdded(next, { triggers: state.added.triggers.with(instruction.trigger) });
}

export function lowerMaintainer(instruction: Of<'MAINTAINER'>, state: StageState): StageState {
  const image = { ...state.image, author: instruction.maintainer };
  return withHistory({ ...state, image }, `MAINTAINER ${instruction.maintainer}`);
}
