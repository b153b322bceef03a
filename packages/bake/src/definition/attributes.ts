import type { BakeAttribute } from './bake-target.ts';

/** How an attribute is written, and what becomes of it when a later file or an heir has it too. */
export interface AttributeShape {
  readonly kind: 'text' | 'flag' | 'list' | 'map';
  /** Lists only: a later one takes the place of an earlier one, or follows it. */
  readonly merge?: 'replace' | 'append';
}

/** @see https://docs.docker.com/build/bake/reference/#file-format for which are replaced */
export const ATTRIBUTES: ReadonlyMap<string, AttributeShape> = new Map(
  Object.entries<AttributeShape>({
    annotations: { kind: 'list', merge: 'append' },
    args: { kind: 'map' },
    attest: { kind: 'list', merge: 'append' },
    'cache-from': { kind: 'list', merge: 'append' },
    'cache-to': { kind: 'list', merge: 'replace' },
    call: { kind: 'text' },
    context: { kind: 'text' },
    contexts: { kind: 'map' },
    description: { kind: 'text' },
    dockerfile: { kind: 'text' },
    'dockerfile-inline': { kind: 'text' },
    entitlements: { kind: 'list', merge: 'append' },
    'extra-hosts': { kind: 'map' },
    labels: { kind: 'map' },
    network: { kind: 'text' },
    'no-cache': { kind: 'flag' },
    'no-cache-filter': { kind: 'list', merge: 'replace' },
    output: { kind: 'list', merge: 'replace' },
    platforms: { kind: 'list', merge: 'replace' },
    pull: { kind: 'flag' },
    secret: { kind: 'list', merge: 'append' },
    'shm-size': { kind: 'text' },
    ssh: { kind: 'list', merge: 'append' },
    tags: { kind: 'list', merge: 'replace' },
    target: { kind: 'text' },
    ulimits: { kind: 'list', merge: 'replace' },
  } satisfies Record<BakeAttribute, AttributeShape>),
);
