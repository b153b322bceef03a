import type { ResourceLimits } from '@tsbuild/core';

/**
 * The limits that an OCI runtime sets in its own cgroup, below ours.
 * @see https://github.com/opencontainers/runtime-spec/blob/v1.2.1/config-linux.md#control-groups
 */
export function ociResources({ memory, memorySwap, pidsLimit }: ResourceLimits = {}): object {
  return {
    ...(memory !== undefined && { memory: { limit: memory, ...(memorySwap !== undefined && { swap: memorySwap }) } }),
    ...(pidsLimit !== undefined && { pids: { limit: pidsLimit } }),
  };
}
