/** What a reader of a guide types. */
export interface Guide {
  /** Blocks after a line that is a file's name: `` `Dockerfile`: ``. */
  readonly files: Readonly<Record<string, string>>;
  /** Blocks of `sh`, as one script. */
  readonly commands: string;
}

const FILE = /^`(?<path>[^`\n]+)`:\n\n```\w*\n(?<text>[\s\S]*?)^```$/gm;
const COMMANDS = /^```sh\n(?<text>[\s\S]*?)^```$/gm;

/** Reads a page of docs/guides. */
export function readGuide(page: string): Guide {
  const files = [...page.matchAll(FILE)].map(({ groups }) => [groups?.path, groups?.text]);
  const commands = [...page.matchAll(COMMANDS)].map(({ groups }) => groups?.text);
  return { files: Object.fromEntries(files), commands: commands.join('') };
}
