import { OUTPUT_OPTIONS, type OutputOption } from '../build/output-options.ts';
import { dashed, type Flag } from './flag.ts';

const INTRODUCTION = `# Flags of \`tsbuild build\`

Every flag of \`docker build\` and \`docker buildx build\`, and what tsbuild makes of it. A flag is supported, accepted
because it asks for what is so anyway (no-op), or refused with an error that names it; none is ignored.
This page is written by \`packages/cli/scripts/flags-doc.mjs\`.
`;

/** The page `docs/flags.md`. */
export function flagsPage(flags: readonly Flag[]): string {
  const rows = flags.map((flag) => `| ${cell(flag)} | ${flag.origin} | ${flag.status} | ${meaning(flag)} |\n`);
  const flagTable = `| flag | from | status | meaning |\n| --- | --- | --- | --- |\n${rows.join('')}`;
  return `${INTRODUCTION}\n${flagTable}\n${OUTPUTS}\n${outputTable()}`;
}

const OUTPUTS = `## Keys of \`--output\`

\`--output type=TYPE,KEY=VALUE,…\`; \`--output FOLDER\` is \`type=local,dest=FOLDER\`, and \`--output -\` is \`type=tar,dest=-\`.
\`type=cacheonly\` builds and keeps nothing but the cache. Any other key is refused by name.
`;

function outputTable(): string {
  const rows = OUTPUT_OPTIONS.map(
    (option) => `| \`${option.name}\` | ${option.types.join(', ')} | ${option.status} | ${optionMeaning(option)} |\n`,
  );
  return `| key | types | status | meaning |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}

function optionMeaning(option: OutputOption): string {
  if (option.status === 'supported') return escapePipes(option.help);
  const accepted = option.accepted.map((value) => `\`${option.name}=${value}\``).join(' and ');
  return escapePipes(`${option.help}; ${accepted} accepted, anything else refused`);
}

function cell(flag: Flag): string {
  const names = flag.short === undefined ? dashed(flag) : `-${flag.short}, ${dashed(flag)}`;
  return `\`${escapePipes(flag.placeholder === undefined ? names : `${names} ${flag.placeholder}`)}\``;
}

function meaning(flag: Flag): string {
  if (flag.status === 'supported') return escapePipes(flag.help);
  if (flag.status === 'no-op') return escapePipes(flag.reason);
  const values = (flag.harmless ?? []).map((value) => `\`${dashed(flag)}=${value}\``).join(' and ');
  const accepted = values === '' ? '' : ` (${values} accepted)`;
  return escapePipes(`${flag.reason}${accepted}${flag.mend === undefined ? '' : `; ${flag.mend}`}`);
}

function escapePipes(text: string): string {
  return text.replaceAll('|', '\\|');
}
