import { type CacheKey, digestOf, formatPlatform, type RunReason } from '@tsbuild/core';
import { canonicalJson, type Keyed, keyed } from '../cache/cache-key.ts';
import { explainExpiry } from '../cache/expiry.ts';
import type { FileFacts } from '../cache/file-facts.ts';
import { hashedValues } from '../cache/hashed-values.ts';
import { explainHereOrElsewhere, type Ingredients } from '../cache/ingredients.ts';
import { getExecRecord } from '../cache/records.ts';
import { rootIngredients } from '../cache/root-ingredients.ts';
import type { ExecVertex } from '../graph.ts';
import { type Chain, rootIdentity } from './chain.ts';
import type { PreparedMount } from './exec-mounts.ts';
import type { SolveContext } from './solve-context.ts';

/** Everything that the command's result depends on. */
export function execKey(vertex: ExecVertex, chain: Chain, mounts: readonly PreparedMount[]): Keyed {
  const { args, env, cwd, user, network, security, hostname, platform } = vertex;
  return keyed('run/v2', {
    root: rootIdentity(chain),
    args,
    // Keys are exported with what they are made of, values of variables are not.
    env: digestOf(canonicalJson(env)),
    cwd,
    user,
    network: network === 'host' ? 'default' : network,
    security,
    hostname: hostname ?? null,
    mounts: mounts.map(({ key }) => key),
    platform: { os: platform.os, architecture: platform.architecture, variant: platform.variant ?? null },
  });
}

/** What the key of a RUN is made of, kept to explain why another run had another key. */
export function execIngredients(vertex: ExecVertex, chain: Chain, mounts: readonly PreparedMount[]): Ingredients {
  const files: Record<string, FileFacts> = {};
  for (const mount of mounts) if (mount.name !== '') files[mount.name] = { ...files[mount.name], ...mount.files() };
  return {
    instruction: vertex.step.name,
    variables: hashedValues(vertex.env),
    settings: settingsOf(vertex, mounts),
    files,
    root: rootIngredients(vertex.parent, chain),
  };
}

/** What stands outside of the instruction, by the name of what sets it. */
function settingsOf(vertex: ExecVertex, mounts: readonly PreparedMount[]): Record<string, string> {
  const { user, cwd, args, script, network, security, hostname, platform } = vertex;
  return {
    USER: user,
    WORKDIR: cwd,
    SHELL: args.slice(0, -1).join(' '),
    command: script?.content ?? args.at(-1) ?? '',
    '--network': network,
    '--security': security,
    '--platform': formatPlatform(platform),
    BUILDKIT_SANDBOX_HOSTNAME: hostname ?? '',
    '--mount': canonicalJson(mounts.flatMap(({ name, key }) => (name === '' ? [key] : []))),
  };
}

/** Why a RUN has no record that could be used. */
export async function explainExecMiss(
  { step }: ExecVertex,
  key: CacheKey,
  ingredients: Ingredients,
  context: Pick<SolveContext, 'store' | 'shared' | 'signal'>,
): Promise<RunReason> {
  if (step.noCache) return { kind: 'no-cache' };
  const expiry = explainExpiry(await getExecRecord(context.store.records, key), step.ttl);
  return expiry ?? (await explainHereOrElsewhere(context, step.lineages, key, () => ingredients));
}
