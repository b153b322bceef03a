import type { StageInstruction } from '@tsbuild/dockerfile';

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

/** The label of the `index`th step, counted from 1. */
export function stepLabel({ stage, total }: StepNumbering, index: number, name: string): string {
  if (total === 0) return name;
  const number = String(index).padStart(String(total).length, ' ');
  return `[${stage === '' ? '' : `${stage} `}${number}/${total}] ${name}`;
}
