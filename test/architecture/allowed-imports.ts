/**
 * Which of our packages a package may import: the last column of the table of rooms in docs/design.md.
 * Packages that are planned stand here already, so that the first line of their code obeys.
 */
export const ALLOWED_IMPORTS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  dockerfile: ['core'],
  layer: ['core'],
  store: ['core'],
  registry: ['core'],
  sandbox: ['core', 'layer'],
  engine: ['core', 'dockerfile', 'layer', 'store', 'registry', 'sandbox'],
  testing: ['core', 'layer', 'registry', 'engine'],
  bake: ['core', 'engine'],
  report: ['core'],
  cli: ['core', 'dockerfile', 'engine', 'bake', 'report'],
};
