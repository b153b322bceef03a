import type { TierReport } from './tier.ts';

/** Tries every tier on this machine by really starting and mounting, strongest first. For `doctor`. */
export async function probeTiers(): Promise<readonly TierReport[]> {
  return [];
}
