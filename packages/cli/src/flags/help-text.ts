import type { Command } from '../command.ts';
import type { CommandEntry } from '../commands.ts';
import { HELP_FLAG } from './common-flags.ts';
import { dashed, type Flag } from './flag.ts';

const WIDTH = 100;

/** Help of the command as a whole. */
export function overviewHelp(commands: ReadonlyMap<string, CommandEntry>): string {
  const rows = [...commands].map(([name, { summary }]) => [name, summary] as const);
  return `Usage: tsbuild COMMAND

Builds container images from Dockerfiles, in process: no daemon, no privilege until a RUN step needs one.

Commands:
${columns(rows)}
Run 'tsbuild COMMAND --help' for the flags of a command.
`;
}

/** Help of one command: its supported flags; what else is accepted stands in the documentation. */
export function commandHelp(name: string, { usage, summary, flags }: Command): string {
  const rows = [...flags, HELP_FLAG].flatMap((flag) =>
    flag.status === 'supported' ? [[label(flag), flag.help] as const] : [],
  );
  return `Usage: tsbuild ${name} ${usage}

${summary}

Options:
${columns(rows)}`;
}

function label(flag: Flag): string {
  const short = flag.short === undefined ? '    ' : `-${flag.short}, `;
  return `${short}${dashed(flag)}${flag.placeholder === undefined ? '' : ` ${flag.placeholder}`}`;
}

function columns(rows: readonly (readonly [string, string])[]): string {
  const left = Math.min(Math.max(...rows.map(([name]) => name.length)), 36);
  return rows
    .map(([name, text]) => {
      const lines = wrap(text, WIDTH - left - 5);
      const indent = `\n${' '.repeat(left + 5)}`;
      const head = name.length > left ? `${name}${indent}` : `${name.padEnd(left)}   `;
      return `  ${head}${lines.join(indent)}\n`;
    })
    .join('');
}

function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
