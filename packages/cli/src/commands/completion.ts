import { oneOf } from '../build/choice.ts';
import type { Command } from '../command.ts';
import { BASH_SCRIPT } from '../completion/bash-script.ts';
import { FISH_SCRIPT } from '../completion/fish-script.ts';
import { ZSH_SCRIPT } from '../completion/zsh-script.ts';
import { oneArgument } from '../positionals.ts';

const SCRIPTS = { bash: BASH_SCRIPT, fish: FISH_SCRIPT, zsh: ZSH_SCRIPT };

export const completionCommand = {
  usage: 'bash | fish | zsh',
  summary: 'Print what makes a shell complete the command line',
  flags: [],
  async run({ positionals }) {
    const shell = oneArgument('completion', 'bash, fish or zsh', positionals);
    return { exitCode: 0, stdout: SCRIPTS[oneOf('the shell', shell, ['bash', 'fish', 'zsh'])] };
  },
} satisfies Command;
