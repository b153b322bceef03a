import type { Command } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  /** Commands are loaded when they are called, so that each costs only what it needs. */
  load(): Promise<Command>;
}

/** Every command by name, in the order of the help. */
export const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map([
  [
    'bake',
    {
      summary: 'Build many images from Compose or bake files',
      load: async () => (await import('./commands/bake.ts')).bakeCommand,
    },
  ],
  [
    'build',
    {
      summary: 'Build an image from a Dockerfile',
      load: async () => (await import('./commands/build.ts')).buildCommand,
    },
  ],
  [
    'builds',
    {
      summary: 'List, inspect and remove the records of past builds',
      load: async () => (await import('./commands/builds.ts')).buildsCommand,
    },
  ],
  ['du', { summary: 'Show what the store holds', load: async () => (await import('./commands/du.ts')).duCommand }],
  [
    'images',
    { summary: 'List the images of the store', load: async () => (await import('./commands/images.ts')).imagesCommand },
  ],
  [
    'inspect',
    {
      summary: 'Print the configuration of images as JSON',
      load: async () => (await import('./commands/inspect.ts')).inspectCommand,
    },
  ],
  [
    'prune',
    {
      summary: 'Remove what the store can do without',
      load: async () => (await import('./commands/prune.ts')).pruneCommand,
    },
  ],
  [
    'store',
    { summary: 'Verify or remove the store', load: async () => (await import('./commands/store.ts')).storeCommand },
  ],
  [
    'version',
    { summary: 'Print the version', load: async () => (await import('./commands/version.ts')).versionCommand },
  ],
]);
