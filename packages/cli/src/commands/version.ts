import type { Command } from '../command.ts';
import { readVersion } from '../version.ts';

export const versionCommand = {
  usage: '',
  summary: 'Print the version',
  flags: [],
  async run() {
    return { exitCode: 0, stdout: `tsbuild ${readVersion()}\n` };
  },
} satisfies Command;
