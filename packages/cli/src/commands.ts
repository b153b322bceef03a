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
  [
    'completion',
    {
      summary: 'Print what makes a shell complete the command line',
      load: async () => (await import('./commands/completion.ts')).completionCommand,
    },
  ],
  [
    'doctor',
    {
      summary: 'Say what this machine can do, and what would make it do more',
      load: async () => (await import('./commands/doctor.ts')).doctorCommand,
    },
  ],
  ['du', { summary: 'Show what the store holds', load: async () => (await import('./commands/du.ts')).duCommand }],
  [
    'history',
    {
      summary: 'Show the steps that made an image',
      load: async () => (await import('./commands/history.ts')).historyCommand,
    },
  ],
  [
    'images',
    { summary: 'List the images of the store', load: async () => (await import('./commands/images.ts')).imagesCommand },
  ],
  [
    'import',
    {
      summary: 'Make an image of the archive of a root file system',
      load: async () => (await import('./commands/import.ts')).importCommand,
    },
  ],
  [
    'inspect',
    {
      summary: 'Print the configuration of images as JSON',
      load: async () => (await import('./commands/inspect.ts')).inspectCommand,
    },
  ],
  [
    'load',
    {
      summary: 'Take the images of an archive into the store',
      load: async () => (await import('./commands/load.ts')).loadCommand,
    },
  ],
  [
    'login',
    {
      summary: 'Log in to a registry',
      load: async () => (await import('./commands/login.ts')).loginCommand,
    },
  ],
  [
    'logout',
    {
      summary: 'Forget the login to a registry',
      load: async () => (await import('./commands/logout.ts')).logoutCommand,
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
    'pull',
    {
      summary: 'Fetch an image from its registry',
      load: async () => (await import('./commands/pull.ts')).pullCommand,
    },
  ],
  [
    'push',
    {
      summary: 'Send an image to its registry',
      load: async () => (await import('./commands/push.ts')).pushCommand,
    },
  ],
  [
    'rmi',
    {
      summary: 'Remove images from the store',
      load: async () => (await import('./commands/rmi.ts')).rmiCommand,
    },
  ],
  [
    'run',
    {
      summary: 'Run a command in an image; nothing of it is kept',
      load: async () => (await import('./commands/run.ts')).runCommand,
    },
  ],
  [
    'save',
    {
      summary: 'Write images to an archive',
      load: async () => (await import('./commands/save.ts')).saveCommand,
    },
  ],
  [
    'store',
    { summary: 'Verify or remove the store', load: async () => (await import('./commands/store.ts')).storeCommand },
  ],
  [
    'tag',
    {
      summary: 'Give an image one more name',
      load: async () => (await import('./commands/tag.ts')).tagCommand,
    },
  ],
  [
    'version',
    { summary: 'Print the version', load: async () => (await import('./commands/version.ts')).versionCommand },
  ],
]);

/** Docker's longer names, `image ls` and so on, and what they are short for. */
export const IMAGE_COMMANDS: ReadonlyMap<string, CommandEntry | string> = new Map<string, CommandEntry | string>([
  ['build', 'build'],
  ['history', 'history'],
  ['import', 'import'],
  ['inspect', 'inspect'],
  ['list', 'images'],
  ['load', 'load'],
  ['ls', 'images'],
  [
    'prune',
    {
      summary: 'Remove images without a name, or all',
      load: async () => (await import('./commands/image-prune.ts')).imagePruneCommand,
    },
  ],
  ['pull', 'pull'],
  ['push', 'push'],
  ['remove', 'rmi'],
  ['rm', 'rmi'],
  ['save', 'save'],
  ['tag', 'tag'],
]);

/** The command that the words of a command line begin with, and how many words name it. */
export function findCommand([first = '', second = '']: readonly string[]):
  | { readonly name: string; readonly entry: CommandEntry; readonly words: number }
  | undefined {
  if (first !== 'image') {
    const entry = COMMANDS.get(first);
    return entry === undefined ? undefined : { name: first, entry, words: 1 };
  }
  const alias = IMAGE_COMMANDS.get(second);
  const entry = typeof alias === 'string' ? COMMANDS.get(alias) : alias;
  return entry === undefined ? undefined : { name: `image ${second}`, entry, words: 2 };
}
