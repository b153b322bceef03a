import { describeReason as describe, type RunReason } from '@tsbuild/core';
import { lineOf } from './step-event.ts';

/** Why a step ran, in a few words on one line, as in `ran: package.json changed`. */
export function describeReason(reason: RunReason): string {
  return lineOf(describe(reason));
}
