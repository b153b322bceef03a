import type { Ingest } from '@tsbuild/core';
import { HashTap } from '@tsbuild/core';
import type { Store } from '@tsbuild/store';

/** A store whose records are read, and nothing is locked or recorded. */
export function readOnlyStore(store: Store): Store {
  const { records } = store;
  return {
    ...store,
    records: {
      get: (key) => records.get(key),
      getIngredients: (key) => records.getIngredients(key),
      getLineage: (lineage) => records.getLineage(lineage),
      put: async () => undefined,
      putIngredients: async () => undefined,
      putLineage: async () => undefined,
    },
    withLock: (_, work) => work(),
  };
}

/** Digests what is written and forgets it. */
export function forgetfulIngest(): Ingest {
  const tap = new HashTap();
  return {
    write: (bytes) => tap.update(bytes),
    commit: async () => ({ digest: tap.digest(), size: tap.size }),
    [Symbol.asyncDispose]: async () => undefined,
  };
}
