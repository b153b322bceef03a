import type { ResourceLimits } from '@tsbuild/core';
import { memoryAndSwap } from './settings.ts';

/**
 * The limits that an OCI runtime sets in its own cgroup, below ours; of swap, too, where the kernel counts it (`countsSwap`)
 * or somebody asks for it.
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.2.1/config-linux.md#control-groups
 */
export function ociResources({ memory, memorySwap, pidsLimit }: ResourceLimits = {}, countsSwap: boolean): object {
  const hasSwap = countsSwap || memorySwap !== undefined;
  return {
    ...(memory !== undefined && {
      memory: { limit: memory, ...(hasSwap && { swap: memoryAndSwap({ memory, memorySwap }) }) },
    }),
    ...(pidsLimit !== undefined && { pids: { limit: pidsLimit } }),
  };
}
