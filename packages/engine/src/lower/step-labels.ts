import { formatPlatform, type Platform, parsePlatform } from '@tsbuild/core';
import type { StageInstruction } from '@tsbuild/dockerfile';
import type { PersistentMap } from './persistent-map.ts';

/** How the steps of a stage are numbered: `[build 2/5] `. */
export interface StepNumbering {
  /** Shown name of the stage; empty when there is only one. */
  readonly stage: string;
  readonly total: number;
}

/** Instructions that are counted as steps. */
export function isNumbered({ kind }: StageInstruction): boolean {
  return kind === 'COPY' || kind === 'ADD' || kind === 'RUN' || kind === 'WORKDIR';
}

/** The label of the `index`th step, counted from 1; `platform` is named where there are several. */
export function stepLabel({ stage, total }: StepNumbering, index: number, name: string, platform = ''): string {
  if (total === 0) return name;
  const number = `${String(index).padStart(String(total).length, ' ')}/${total}`;
  return `[${[platform, stage, number].filter((part) => part !== '').join(' ')}] ${name}`;
}

/**
 * The platform of a step, as BuildKit names it among several: with the one that it compiles for, when the arguments in
 * scope say so (`linux/amd64->arm64`).
 */
export function platformLabel(platform: Platform, env: PersistentMap<string>): string {
  const own = formatPlatform(platform);
  const target = targetOf(platform, env);
  if (target === undefined) return own;
  if (target.os !== platform.os) return `${own}->${formatPlatform(target)}`;
  if (target.architecture === platform.architecture) return own;
  return `${own}->${formatPlatform(target).slice(target.os.length + 1)}`;
}

/** The platform that TARGETPLATFORM or its parts name, where an ARG has declared them. */
function targetOf(platform: Platform, env: PersistentMap<string>): Platform | undefined {
  const whole = env.get('TARGETPLATFORM');
  const os = env.get('TARGETOS');
  const architecture = env.get('TARGETARCH');
  const variant = env.get('TARGETVARIANT');
  const parts = [os || platform.os, architecture || platform.architecture, ...(variant ? [variant] : [])];
  try {
    if (whole) return parsePlatform(whole);
    return os || architecture ? parsePlatform(parts.join('/')) : undefined;
  } catch {
    return undefined; // A build argument may have put anything there.
  }
}
