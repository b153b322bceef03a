import { hostPlatform } from '@tsbuild/core';
import type { Command } from '../command.ts';
import { FORMAT_FLAG } from '../images/image-flags.ts';
import { noArguments } from '../positionals.ts';
import { readVersion } from '../version.ts';

const FLAGS = [FORMAT_FLAG] as const;

/** Docker's fields, and Node's version; there is no server. */
interface VersionFacts {
  readonly Client: {
    readonly Name: 'tsbuild';
    readonly Version: string;
    readonly NodeVersion: string;
    readonly Os: string;
    readonly Arch: string;
  };
  readonly Server: null;
}

export const versionCommand = {
  usage: '[OPTIONS]',
  summary: 'Print the version',
  flags: FLAGS,
  async run({ values, positionals }) {
    noArguments('version', positionals);
    return { exitCode: 0, stdout: await versionText(versionFacts(), values.text('format')) };
  },
} satisfies Command<(typeof FLAGS)[number]['name']>;

function versionFacts(): VersionFacts {
  const { architecture: Arch } = hostPlatform();
  const Os = process.platform === 'win32' ? 'windows' : process.platform;
  return { Client: { Name: 'tsbuild', Version: readVersion(), NodeVersion: process.version, Os, Arch }, Server: null };
}

async function versionText(facts: VersionFacts, format: string | undefined): Promise<string> {
  if (format === 'json') return `${JSON.stringify(facts)}\n`;
  const { Version, NodeVersion, Os, Arch } = facts.Client;
  if (format === undefined || format === '')
    return `Client: tsbuild\n Version:  ${Version}\n Node:     ${NodeVersion}\n OS/Arch:  ${Os}/${Arch}\n`;
  const { parseTemplate } = await import('../template/parse-template.ts');
  const { runTemplate } = await import('../template/run-template.ts');
  return `${runTemplate(parseTemplate(format), { ...facts })}\n`;
}
