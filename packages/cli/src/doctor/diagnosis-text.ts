import type { Diagnosis } from '@tsbuild/engine';
import { formatBytes } from '../progress/bytes.ts';
import { visible } from '../visible.ts';

/** True when not even an image without RUN can be built. */
export function isUseless({ store }: Diagnosis): boolean {
  return 'problem' in store;
}

/** What people read of a diagnosis: a line for each thing, and how to mend it below. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { node, system, tiers, tools, cgroupControllers } = diagnosis;
  const first = tiers.find(({ isAvailable }) => isAvailable)?.tier;
  return [
    `Node.js ${node} on ${system}\n`,
    ...storeLines(diagnosis.store),
    section('RUN', first === undefined ? 'not possible here; images without RUN build' : `tier ${first}`),
    ...(tiers.length === 0 ? ['  RUN needs Linux\n'] : []),
    ...tiers.flatMap((report) => item(report.tier, tierText(report), report.hint)),
    section('Limits', cgroupControllers.length === 0 ? 'no cgroups of version 2 here' : cgroupControllers.join(', ')),
    section('Programs', ''),
    ...tools.flatMap(({ name, purpose, version, hint }) => item(name, version ?? `missing; it ${purpose}`, hint)),
    ...credentialLines(diagnosis.credentials),
  ].join('');
}

function tierText({ isAvailable, reason, warning }: Diagnosis['tiers'][number]): string {
  if (!isAvailable) return `no: ${reason}`;
  return warning === undefined ? 'works' : `works, with ${warning}`;
}

function storeLines(store: Diagnosis['store']): string[] {
  if ('problem' in store) return [section('Store', `cannot be used: ${store.problem}`), ...mend(store.hint)];
  const { folder, size, free, fileSystem = 'unknown file system' } = store;
  return [section('Store', `${folder} (${fileSystem})`), `  ${formatBytes(size)} used, ${formatBytes(free)} free\n`];
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
