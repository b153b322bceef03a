import { formatPlatform, type Platform } from '@tsbuild/core';
import type { ArgInstruction } from '@tsbuild/dockerfile';
import type { Expander } from './expander.ts';

export interface BuildPlatforms {
  readonly build: Platform;
  readonly target: Platform;
}

/** The automatic platform arguments and TARGETSTAGE; a build argument of the same name wins. */
export function automaticArgs(
  { build, target }: BuildPlatforms,
  targetStage: string,
  buildArgs: Readonly<Record<string, string>>,
): Map<string, string> {
  const args = new Map([
    ['BUILDPLATFORM', formatPlatform(build)],
    ['BUILDOS', build.os],
    ['BUILDOSVERSION', build['os.version'] ?? ''],
    ['BUILDARCH', build.architecture],
    ['BUILDVARIANT', build.variant ?? ''],
    ['TARGETPLATFORM', formatPlatform(target)],
    ['TARGETOS', target.os],
    ['TARGETOSVERSION', target['os.version'] ?? ''],
    ['TARGETARCH', target.architecture],
    ['TARGETVARIANT', target.variant ?? ''],
    ['TARGETSTAGE', targetStage],
  ]);
  for (const name of args.keys()) {
    const override = buildArgs[name];
    if (override !== undefined) args.set(name, override);
  }
  return args;
}

/** The arguments that FROM lines see: the automatic ones and the ARGs before the first FROM, each seeing those before it. */
export function globalArgs(
  automatic: ReadonlyMap<string, string>,
  instructions: readonly ArgInstruction[],
  buildArgs: Readonly<Record<string, string>>,
  expander: Expander,
): ReadonlyMap<string, string> {
  const args = new Map(automatic);
  for (const instruction of instructions) {
    for (const { name, defaultValue } of instruction.args) {
      const given = buildArgs[name];
      if (given !== undefined) args.set(name, given);
      else if (defaultValue !== undefined) args.set(name, expander.expand(defaultValue, args, instruction));
    }
  }
  return args;
}

const PROXY_ARGS = new Set(['http_proxy', 'https_proxy', 'ftp_proxy', 'no_proxy', 'all_proxy']);

/** Proxy build arguments: RUN gets them undeclared, in both cases of letters, and no key or history has them. */
export function proxyEnv(buildArgs: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(buildArgs)) {
    if (!PROXY_ARGS.has(name.toLowerCase())) continue;
    env[name.toUpperCase()] = value;
    env[name.toLowerCase()] = value;
  }
  return env;
}
