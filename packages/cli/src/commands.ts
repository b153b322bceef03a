import type { Command } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  /** Commands are loaded when they are called, so that each costs only what it needs. */
  load(): Promise<Command>;
}

/** Every command by name, in the order of the help. */
export const COMMANDS: ReadonlyMap<string, CommandEntry> = new Map([
  [
    'build',
    {
      summary: 'Build an image from a Dockerfile',
      load: async () => (await import('./commands/build.ts')).buildCommand,
    },
  ],
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
    'version',
    { summary: 'Print the version', load: async () => (await import('./commands/version.ts')).versionCommand },
  ],
]);
