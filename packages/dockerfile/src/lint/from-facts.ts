import { formatPlatform, isTsbuildError, type Platform } from '@tsbuild/core';
import type { Dockerfile, Stage } from '../ast.ts';
import { type Expansion, expandWordDetails } from '../expand/expand.ts';

/** ARGs from before the first FROM, with the values that are there without asking. */
export interface GlobalScope {
  readonly values: ReadonlyMap<string, string>;
  /** Names that FROM may use, set or not. */
  readonly declared: ReadonlySet<string>;
}

/** A FROM with its variables put in; undefined where that fails, as the build then will. */
export interface FromFacts {
  readonly stage: Stage;
  readonly image: string | undefined;
  readonly platform: Expansion | undefined;
  /** Names that are neither declared nor predefined. */
  readonly undeclared: readonly string[];
  readonly globals: GlobalScope;
  /** The image when no build arguments are given; undefined when FROM uses no variable. */
  readonly defaultImage: string | undefined;
}

export function globalScope(
  dockerfile: Dockerfile,
  platforms: { readonly target: Platform; readonly build: Platform },
  buildArgs: Readonly<Record<string, string>>,
): GlobalScope {
  const values = new Map([
    ...platformArgs('TARGET', platforms.target),
    ...platformArgs('BUILD', platforms.build),
    ['TARGETSTAGE', dockerfile.stages.at(-1)?.name ?? 'default'] as const,
  ]);
  for (const name of values.keys()) values.set(name, own(buildArgs, name) ?? values.get(name) ?? '');
  const declared = new Set(values.keys());
  for (const { args } of dockerfile.globalArgs) {
    for (const { name, defaultValue } of args) {
      declared.add(name);
      const value = own(buildArgs, name) ?? expand(dockerfile, defaultValue, values)?.value;
      if (value !== undefined) values.set(name, value);
    }
  }
  return { values, declared };
}

function platformArgs(prefix: string, platform: Platform): [string, string][] {
  return [
    [`${prefix}PLATFORM`, formatPlatform(platform)],
    [`${prefix}OS`, platform.os],
    [`${prefix}OSVERSION`, platform['os.version'] ?? ''],
    [`${prefix}ARCH`, platform.architecture],
    [`${prefix}VARIANT`, platform.variant ?? ''],
  ];
}

/** A property that nobody inherited. */
export function own(values: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : undefined;
}

export function readFrom(dockerfile: Dockerfile, stage: Stage, globals: GlobalScope, defaults: GlobalScope): FromFacts {
  const image = expand(dockerfile, stage.from.image, globals.values);
  const platform = expand(dockerfile, stage.from.platform, globals.values);
  const unset = [...(image?.unset ?? []), ...(platform?.unset ?? [])];
  const usesVariable = image !== undefined && image.used.size + image.unset.size > 0;
  return {
    stage,
    image: image?.value,
    platform,
    undeclared: [...new Set(unset)].filter((name) => !globals.declared.has(name)),
    globals,
    defaultImage: usesVariable ? expand(dockerfile, stage.from.image, defaults.values)?.value : undefined,
  };
}

/** Undefined for no word and for one that is malformed: the build will say so. */
export function expand(
  { directives }: Dockerfile,
  word: string | undefined,
  env: ReadonlyMap<string, string>,
): Expansion | undefined {
  if (word === undefined) return undefined;
  try {
    return expandWordDetails(word, env, { escape: directives.escape });
  } catch (error) {
    if (isTsbuildError(error)) return undefined;
    throw error;
  }
}
