import type { BakeTarget } from '../definition/bake-target.ts';
import { mergeTargets } from '../definition/merge-targets.ts';
import type { Variables } from './interpolate.ts';

/** A service of a Compose file, as far as it is built. */
export interface Service {
  /** Absent for a service that only runs an image. */
  readonly build?: BakeTarget;
  readonly image?: string;
  readonly profiles: readonly string[];
  readonly extends?: Extends;
  /** What build arguments without a value are taken from, before the environment. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface Extends {
  readonly service: string;
  /** Relative to the file that says so. @default the same file */
  readonly file?: string;
}

/** Maps are united and lists are added to, what is said once is said by the later. */
export function mergeServices(service: Service, later: Service): Service {
  const build =
    service.build === undefined || later.build === undefined
      ? (later.build ?? service.build)
      : mergeTargets(service.build, later.build, 'append');
  const image = later.image ?? service.image;
  return {
    ...(build === undefined ? {} : { build }),
    ...(image === undefined ? {} : { image }),
    profiles: [...new Set([...service.profiles, ...later.profiles])],
    environment: { ...service.environment, ...later.environment },
  };
}

/** Arguments without a value get that of the environment, or are left out; the image's name is the tag where there is none. */
export function toTarget({ build = {}, image, environment }: Service, variables: Variables): BakeTarget {
  const args = Object.entries(build.args ?? {}).flatMap(([name, value]): [string, string][] => {
    const known = value ?? environment[name] ?? variables[name];
    return known === undefined ? [] : [[name, known]];
  });
  const tags = build.tags ?? (image === undefined ? [] : [image]);
  return {
    ...build,
    ...(args.length === 0 ? {} : { args: Object.fromEntries(args) }),
    ...(tags.length === 0 ? {} : { tags }),
  };
}
