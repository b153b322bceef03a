export { type BakeBuild, type BakeOptions, bake } from './bake.ts';
export type { BakeAttribute, BakeDefinition, BakeTarget, TextMap } from './definition/bake-target.ts';
export { type Selection, select as selectTargets } from './definition/select.ts';
export { type LoadOptions, loadBake } from './load.ts';
export { printBake } from './print.ts';
