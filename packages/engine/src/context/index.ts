export type { ContextIgnores, ContextOptions, ContextTree, DigestMemo, ReadOptions } from './context-types.ts';
export { openContext } from './open-context.ts';
