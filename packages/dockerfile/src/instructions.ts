import type { SourceRange } from '@tsbuild/core';
import type { Heredoc } from './heredoc.ts';

/** A word as written: quotes, escapes and variables are still in it. `expandWord` gives its value. */
export type Word = string;

/** What every instruction has. */
export interface InstructionBase {
  /** First line to last, heredoc bodies included. Lines count from 1; comments before it are outside. */
  readonly range: SourceRange;
  /** The instruction on one line, as BuildKit keeps it: continuations joined, comments dropped, heredoc bodies left out. */
  readonly original: string;
  /** The keyword as written, e.g. `run`. */
  readonly keyword: string;
  /** The text of the comment lines directly above, without `#`, in order. */
  readonly comments: readonly string[];
}

/** `key=value`, both as written. */
export interface KeyValue {
  readonly key: Word;
  readonly value: Word;
}

/** A key and value of ENV or LABEL. */
export interface NamedValue extends KeyValue {
  /** True for `ENV key value`, the form without an equals sign. */
  readonly legacy: boolean;
}

/** One declaration of ARG. */
export interface ArgDeclaration {
  /** As written: names are not expanded. */
  readonly name: string;
  /** Absent for `ARG NAME`. */
  readonly defaultValue?: Word;
  /** Description from a comment `# name description` directly above. */
  readonly comment?: string;
}

/** A command: `["a", "b"]` or text for the shell. */
export type CommandForm =
  | { readonly form: 'exec'; readonly args: readonly string[] }
  | { readonly form: 'shell'; readonly text: string };

/** `FROM [--platform=…] image [AS name]`. */
export interface FromInstruction extends InstructionBase {
  readonly kind: 'FROM';
  /** Image, stage, named context or `scratch`, as written. */
  readonly image: Word;
  /** `AS name`, lower case. */
  readonly stageName?: string;
  readonly stageNameAsWritten?: string;
  /** `AS` as written. */
  readonly asKeyword?: string;
  readonly platform?: Word;
}

/** `RUN`, in its shell, exec and here-document forms: see `runProgram`. */
export interface RunInstruction extends InstructionBase {
  readonly kind: 'RUN';
  readonly command: CommandForm;
  readonly heredocs: readonly Heredoc[];
  /** Values of `--mount=`, not expanded. `expandRunMounts` turns them into mounts. */
  readonly mounts: readonly Word[];
  readonly network: 'default' | 'none' | 'host';
  readonly security: 'sandbox' | 'insecure';
}

interface CopyBase extends InstructionBase {
  /** Paths in the order written, without the here-documents, which BuildKit copies after them. */
  readonly sources: readonly Word[];
  /** Files written in the Dockerfile, in the order written. */
  readonly heredocs: readonly Heredoc[];
  readonly destination: Word;
  readonly chown?: Word;
  /**
   * After expansion octal up to 7777, or symbolic as `chmod(1)` has it (`u=rwX,go=rX`) with an empty umask. Not checked
   * here: the build reads it.
   */
  readonly chmod?: Word;
  /** `--link`. */
  readonly link: boolean;
  /** Patterns, final as written: BuildKit does not expand them. */
  readonly excludes: readonly string[];
  /** True for `["a", "b"]`. */
  readonly isJson: boolean;
}

/** `COPY`. */
export interface CopyInstruction extends CopyBase {
  readonly kind: 'COPY';
  /** As written; BuildKit refuses variables here. */
  readonly from?: string;
  readonly parents: boolean;
}

/** `ADD`. */
export interface AddInstruction extends CopyBase {
  readonly kind: 'ADD';
  readonly keepGitDir?: boolean;
  readonly checksum?: Word;
  /** Absent when not given: local archives are unpacked then, downloads are not. */
  readonly unpack?: boolean;
}

/** `ENV`: no pair sees another of the same line. */
export interface EnvInstruction extends InstructionBase {
  readonly kind: 'ENV';
  readonly pairs: readonly NamedValue[];
}

/** `ARG`: a default sees the names before it. */
export interface ArgInstruction extends InstructionBase {
  readonly kind: 'ARG';
  readonly args: readonly ArgDeclaration[];
}

/** `LABEL`. */
export interface LabelInstruction extends InstructionBase {
  readonly kind: 'LABEL';
  readonly pairs: readonly NamedValue[];
}

/** `EXPOSE`. */
export interface ExposeInstruction extends InstructionBase {
  readonly kind: 'EXPOSE';
  /** As written: `expandPorts` gives the ports. */
  readonly ports: readonly Word[];
}

/** `USER`. */
export interface UserInstruction extends InstructionBase {
  readonly kind: 'USER';
  readonly user: Word;
}

/** `WORKDIR`. */
export interface WorkdirInstruction extends InstructionBase {
  readonly kind: 'WORKDIR';
  readonly path: Word;
}

/** `VOLUME`. */
export interface VolumeInstruction extends InstructionBase {
  readonly kind: 'VOLUME';
  readonly paths: readonly Word[];
}

/** `CMD`: nobody expands it. */
export interface CmdInstruction extends InstructionBase {
  readonly kind: 'CMD';
  readonly command: CommandForm;
}

/** `ENTRYPOINT`: nobody expands it. */
export interface EntrypointInstruction extends InstructionBase {
  readonly kind: 'ENTRYPOINT';
  readonly command: CommandForm;
}

/** `SHELL`. */
export interface ShellInstruction extends InstructionBase {
  readonly kind: 'SHELL';
  readonly shell: readonly string[];
}

/** What HEALTHCHECK sets, ready for the image config: `test` is `["NONE"]`, `["CMD", …]` or `["CMD-SHELL", text]`. */
export interface HealthcheckInstruction extends InstructionBase {
  readonly kind: 'HEALTHCHECK';
  readonly test: readonly string[];
  /** Nanoseconds; 0 and absent both mean the default. */
  readonly interval?: number;
  readonly timeout?: number;
  readonly startPeriod?: number;
  readonly startInterval?: number;
  readonly retries?: number;
}

/** `STOPSIGNAL`: `parseStopSignal` checks the expanded word. */
export interface StopsignalInstruction extends InstructionBase {
  readonly kind: 'STOPSIGNAL';
  readonly signal: Word;
}

/** `ONBUILD`. */
export interface OnbuildInstruction extends InstructionBase {
  readonly kind: 'ONBUILD';
  /** What the image config keeps: the trigger with its heredocs, unchecked. `parseOnbuildTrigger` reads it. */
  readonly trigger: string;
}

/** `MAINTAINER`, which is deprecated. */
export interface MaintainerInstruction extends InstructionBase {
  readonly kind: 'MAINTAINER';
  readonly maintainer: string;
}

/** An instruction within a stage. */
export type StageInstruction =
  | RunInstruction
  | CopyInstruction
  | AddInstruction
  | EnvInstruction
  | ArgInstruction
  | LabelInstruction
  | ExposeInstruction
  | UserInstruction
  | WorkdirInstruction
  | VolumeInstruction
  | CmdInstruction
  | EntrypointInstruction
  | ShellInstruction
  | HealthcheckInstruction
  | StopsignalInstruction
  | OnbuildInstruction
  | MaintainerInstruction;

/** Any instruction; a new kind makes every `switch` over `kind` that ends in `satisfies never` fail to compile. */
export type Instruction = FromInstruction | StageInstruction;

/** Keywords in upper case. */
export type InstructionKind = Instruction['kind'];
