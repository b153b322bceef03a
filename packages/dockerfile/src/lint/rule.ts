import type { SourceRange } from '@tsbuild/core';
import type { Instruction } from '../instructions.ts';
import type { LintModel } from './model.ts';

/** What a rule complains about: an instruction, or the range of one. */
export type LintSubject = Pick<Instruction, 'range'> & Partial<Pick<Instruction, 'comments'>>;

/** Tells of one finding. */
export type LintReport = (subject: LintSubject, message: string, range?: SourceRange) => void;

/** A build check, for help texts and reports. Names, texts and addresses are those of BuildKit. */
export interface BuildCheck {
  readonly name: string;
  readonly description: string;
  /** Documentation. */
  readonly url?: string;
  /** Off unless `# check=experimental=…` names it. */
  readonly isExperimental?: boolean;
}

/** A build check that can be made. */
export interface LintRule extends BuildCheck {
  check(model: LintModel, report: LintReport): void;
}
