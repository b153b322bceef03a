export type { CheckDirective, Directives, Dockerfile, EscapeChar, Stage } from './ast.ts';
export { composeDockerfile, type NewStage, stage } from './compose/compose.ts';
export type {
  AddOptions,
  CopyOptions,
  HealthcheckOptions,
  MountOptions,
  MountOwner,
  MountPlace,
  StageRunOptions,
} from './compose/run-options.ts';
export { type Command, Stage as ComposedStage } from './compose/stage.ts';
export { didYouMean } from './did-you-mean.ts';
export { type DockerfileEdit, editDockerfile, printDockerfile } from './edit/edit-dockerfile.ts';
export { walkInstructions } from './edit/walk.ts';
export {
  type Environment,
  type ExpandOptions,
  type Expansion,
  expandWord,
  expandWordDetails,
  expandWords,
} from './expand/expand.ts';
export { expandHeredoc, expandHeredocDetails, heredocContent } from './expand/heredoc-body.ts';
export { expandRunMounts } from './expand/run-mounts.ts';
export type { Heredoc } from './heredoc.ts';
export { parseDockerignore } from './ignore/dockerignore.ts';
export type { IgnorePattern } from './ignore/ignore-pattern.ts';
export type { IgnoreDecision, IgnoreMatcher } from './ignore/matcher.ts';
export type {
  AddInstruction,
  ArgDeclaration,
  ArgInstruction,
  CmdInstruction,
  CommandForm,
  CopyInstruction,
  EntrypointInstruction,
  EnvInstruction,
  ExposeInstruction,
  FromInstruction,
  HealthcheckInstruction,
  Instruction,
  InstructionBase,
  InstructionKind,
  KeyValue,
  LabelInstruction,
  MaintainerInstruction,
  NamedValue,
  OnbuildInstruction,
  RunInstruction,
  ShellInstruction,
  StageInstruction,
  StopsignalInstruction,
  UserInstruction,
  VolumeInstruction,
  Word,
  WorkdirInstruction,
} from './instructions.ts';
export { checkDockerfile, checkFailure } from './lint/check-dockerfile.ts';
export { listBuildChecks } from './lint/list-build-checks.ts';
export type { BaseImageFacts, CheckDockerfileOptions } from './lint/model.ts';
export type { BuildCheck } from './lint/rule.ts';
export { type ParseOptions, parseDockerfile } from './parse/dockerfile.ts';
export { parseOnbuildTrigger } from './parse/onbuild-trigger.ts';
export type { CheckOptions } from './read/check-options.ts';
export type { BindMount, CacheMount, RunMount, SecretMount, SshMount, TmpfsMount } from './run-mount.ts';
export { type RunProgram, runProgram } from './run-program.ts';
export { parseDuration } from './values/duration.ts';
export { parseLifetime } from './values/lifetime.ts';
export { expandPorts } from './values/ports.ts';
export { type StepHints, stepHints } from './values/step-hints.ts';
export { parseStopSignal } from './values/stop-signal.ts';
