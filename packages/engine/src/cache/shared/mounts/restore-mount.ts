import type { Chain } from '../../../solve/chain.ts';
import type { SolveContext } from '../../../solve/solve-context.ts';
import { rememberMount } from './mount-state.ts';

/** Fills a new cache mount with what a shared cache has of it, by the means by which roots are made. False if none has. */
export async function restoreMount(id: string, folder: string, context: SolveContext): Promise<boolean> {
  const { shared, layers, store, signal, executor } = context;
  const chain = await shared.mount(id, signal);
  if (chain === undefined) return false;
  const { folders } = await executor();
  try {
    await folders.unpack(folder, await layers.rootfs(chain, signal), signal);
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
