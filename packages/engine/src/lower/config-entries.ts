import type { ContainerConfig } from '@tsbuild/core';
import { withPairs } from './env-pairs.ts';
import { PersistentList } from './persistent-list.ts';
import { PersistentMap } from './persistent-map.ts';

type Nothing = Readonly<Record<string, never>>;

/**
 * What instructions added to those fields of the config that grow by an entry at a time. It stands apart until the stage
 * is finished, so that a line costs what it adds and not what is there already.
 */
export interface ConfigEntries {
  readonly env: PersistentMap<string>;
  readonly labels: PersistentMap<string>;
  readonly ports: PersistentMap<Nothing>;
  readonly volumes: PersistentMap<Nothing>;
  readonly triggers: PersistentList<string>;
}

export const NO_ENTRIES: ConfigEntries = {
  env: PersistentMap.of(),
  labels: PersistentMap.of(),
  ports: PersistentMap.of(),
  volumes: PersistentMap.of(),
  triggers: PersistentList.of(),
};

/** The config with the entries in it. A field that entries belong to must be there, be it empty. */
export function joinEntries(config: ContainerConfig, entries: ConfigEntries): ContainerConfig {
  const { Env, Labels, ExposedPorts, Volumes, OnBuild } = config;
  return {
    ...config,
    ...(Env && { Env: withPairs(Env, entries.env) }),
    ...(Labels && { Labels: { ...Labels, ...Object.fromEntries(entries.labels) } }),
    ...(ExposedPorts && { ExposedPorts: { ...ExposedPorts, ...Object.fromEntries(entries.ports) } }),
    ...(Volumes && { Volumes: { ...Volumes, ...Object.fromEntries(entries.volumes) } }),
    ...(OnBuild && { OnBuild: [...OnBuild, ...entries.triggers] }),
  };
}
