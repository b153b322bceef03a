import type { Catalog } from './catalog.ts';
import type { RegistryRequest, Reply } from './message.ts';
import type { Storage, Upload } from './storage.ts';

/** What the handlers share. */
export interface RegistryContext {
  readonly storage: Storage;
  readonly catalog: Catalog;
  readonly uploads: Map<string, Upload>;
  readonly minChunkBytes: number | undefined;
  readonly referrersApi: boolean;
}

/** Answers one kind of path; `name` is the repository, `rest` what the path ends in. */
export type Handler = (
  context: RegistryContext,
  request: RegistryRequest,
  name: string,
  rest: string,
) => Promise<Reply>;
