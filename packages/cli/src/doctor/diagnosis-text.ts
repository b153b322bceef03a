import type { Diagnosis } from '@tsbuild/engine';
import { formatBytes } from '../progress/bytes.ts';
import { visible } from '../visible.ts';

/** True when not even an image without RUN can be built. */
export function isUseless({ store }: Diagnosis): boolean {
  return 'problem' in store;
}

/** What people read of a diagnosis: a line for each thing, and how to mend it below. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { node, system, tiers, runners, tools, limits } = diagnosis;
  const first = tiers.find(({ isAvailable }) => isAvailable)?.tier;
  return [
    `Node.js ${node} on ${system}\n`,
    ...storeLines(diagnosis.store),
    section('RUN', first === undefined ? 'not possible here; images without RUN build' : `tier ${first}`),
    ...(tiers.length === 0 ? ['  RUN needs Linux\n'] : []),
    ...tiers.flatMap((report) => item(report.tier, tierText(report), report.hint)),
    ...runners.flatMap(({ runner, ...report }) => item(`--runner ${runner}`, tierText(report), report.hint)),
    section('Limits of RUN', limits.length === 0 ? 'need Linux' : ''),
    ...limits.flatMap((report) => item(report.controller, limitText(report), report.hint)),
    section('Programs', ''),
    ...tools.flatMap(({ name, purpose, version, hint }) => item(name, version ?? `missing; it ${purpose}`, hint)),
    ...proxyLines(diagnosis.proxies),
    ...credentialLines(diagnosis.credentials),
  ].join('');
}

function limitText({ isAvailable, reason, version }: Diagnosis['limits'][number]): string {
  return isAvailable ? `works, cgroups of version ${version}` : `no: ${reason}`;
}

function tierText({ isAvailable, reason, warning }: Omit<Diagnosis['tiers'][number], 'tier'>): string {
  if (!isAvailable) return `no: ${reason}`;
  return warning === undefined ? 'works' : `works, with ${warning}`;
}

function storeLines(store: Diagnosis['store']): string[] {
  if ('problem' in store) return [section('Store', `cannot be used: ${store.problem}`), ...mend(store.hint)];
  const { folder, format, size, limit, free, fileSystem = 'unknown file system' } = store;
  const used = `${formatBytes(size)} used, builds leave at most ${formatBytes(limit)}, ${formatBytes(free)} free`;
  return [section('Store', `${folder} (format ${format}, on ${fileSystem})`), `  ${used}\n`];
}

function proxyLines(proxies: Diagnosis['proxies']): string[] {
  const named = Object.entries(proxies);
  if (named.length === 0) return [section('Proxies', 'none; set HTTPS_PROXY where servers are reached through one')];
  return [section('Proxies', ''), ...named.flatMap(([name, value]) => item(name, value, undefined))];
}

function credentialLines(credentials: Diagnosis['credentials']): string[] {
  if (credentials.length === 0) return [section('Logins', 'none; public images need none')];
  return [
    section('Logins', ''),
    ...credentials.flatMap(({ file, registries, helpers, problem }) =>
      item(file, problem ?? [...registries, ...helpers].join(', '), undefined),
    ),
  ];
}

function section(name: string, text: string): string {
  return `${name}:${text === '' ? '' : ` ${visible(text)}`}\n`;
}

function item(name: string, text: string, hint: string | undefined): string[] {
  return [`  ${name}: ${visible(text)}\n`, ...mend(hint)];
}

function mend(hint: string | undefined): string[] {
  return hint === undefined ? [] : [`    mend: ${visible(hint)}\n`];
}
