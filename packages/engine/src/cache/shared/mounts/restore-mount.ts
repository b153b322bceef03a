import { selectSources } from '@tsbuild/layer';
import type { Chain } from '../../../solve/chain.ts';
import type { SolveContext } from '../../../solve/solve-context.ts';
import { writeTree } from '../../../solve/write-tree.ts';
import { rememberMount } from './mount-state.ts';

/** Fills a new cache mount with what a shared cache has of it, with modes, times and, for root, owners. False if none has. */
export async function restoreMount(id: string, folder: string, context: SolveContext): Promise<boolean> {
  const { shared, layers, store, signal } = context;
  const chain = await shared.mount(id, signal);
  if (chain === undefined) return false;
  try {
    const tree = await layers.tree(chain, signal);
    const selection = selectSources(tree, { sources: ['/'], literal: true });
    await writeTree(selection, folder, { keepOwners: process.getuid?.() === 0, keepTimes: true });
  } catch (error) {
    throw blamed(chain, error, signal);
  }
  await rememberMount(store, id, chain);
  return true;
}

/** What cannot be written here was wrong to offer: the build is made again without its source. */
function blamed(chain: Chain, error: unknown, signal: AbortSignal | undefined): unknown {
  return chain.at(-1)?.remote?.failed(error, signal) ?? error;
}
