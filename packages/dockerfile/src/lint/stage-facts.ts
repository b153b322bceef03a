import { isTsbuildError } from '@tsbuild/core';
import type { Dockerfile, Stage } from '../ast.ts';
import { nearestOption } from '../did-you-mean.ts';
import { expandWords } from '../expand/expand.ts';
import { expandHeredocDetails } from '../expand/heredoc-body.ts';
import type { StageInstruction } from '../instructions.ts';
import { expand, type FromFacts, type GlobalScope, own } from './from-facts.ts';
import type { BaseImageFacts, CheckDockerfileOptions } from './model.ts';

/** An instruction with its variables put in. */
export interface StepFacts {
  readonly instruction: StageInstruction;
  /** Expanded: keys of ENV, names of ARG, sources of COPY and ADD, ports of EXPOSE, path of WORKDIR. */
  readonly values: readonly string[];
  readonly undefinedNames: readonly { readonly name: string; readonly suggestion: string | undefined }[];
  /** True when the shell that the instruction uses was chosen by SHELL or by the base image. */
  readonly hasShell: boolean;
}

export interface StageFacts {
  readonly stage: Stage;
  readonly steps: readonly StepFacts[];
  readonly parent: StageFacts | undefined;
  readonly base: BaseImageFacts | undefined;
  readonly scope: StageScope;
}

/** The variables of a stage where it ends. */
export interface StageScope {
  readonly env: ReadonlyMap<string, string>;
  readonly args: ReadonlySet<string>;
  readonly hasShell: boolean;
  readonly hasWorkdir: boolean;
  /** False when the base image may define variables that are not known. */
  readonly isComplete: boolean;
}

/** More names than that are not searched for a similar one. */
const MAX_SEARCHED = 200;

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

export function readStage(
  dockerfile: Dockerfile,
  from: FromFacts,
  globals: GlobalScope,
  parent: StageFacts | undefined,
  options: CheckDockerfileOptions,
): StageFacts {
  const { stage, image } = from;
  const isKnown = parent !== undefined || image === 'scratch' || image === undefined;
  const base = isKnown ? undefined : options.baseImage?.(image, stage);
  const start = parent?.scope ?? {
    env: new Map([['PATH', DEFAULT_PATH], ...(base?.env ?? [])]),
    args: new Set<string>(),
    hasShell: base?.hasShell ?? false,
    hasWorkdir: false,
    isComplete: image === 'scratch' || base?.env !== undefined,
  };
  const reader = new StageReader(dockerfile, globals, start, options.buildArgs ?? {});
  const steps = stage.instructions.map((instruction) => reader.read(instruction));
  return { stage, steps, parent, base, scope: reader.scope };
}

class StageReader {
  readonly #dockerfile: Dockerfile;
  readonly #globals: GlobalScope;
  readonly #buildArgs: Readonly<Record<string, string>>;
  readonly #start: StageScope;
  /** Those of the parent until the stage sets one itself. */
  #env: ReadonlyMap<string, string>;
  #args: ReadonlySet<string>;
  #ownEnv: Map<string, string> | undefined;
  #ownArgs: Set<string> | undefined;
  #hasShell: boolean;
  #hasWorkdir: boolean;
  #unset = new Set<string>();

  constructor(dockerfile: Dockerfile, globals: GlobalScope, start: StageScope, buildArgs: Record<string, string>) {
    this.#dockerfile = dockerfile;
    this.#globals = globals;
    this.#buildArgs = buildArgs;
    this.#start = start;
    this.#env = start.env;
    this.#args = start.args;
    this.#hasShell = start.hasShell;
    this.#hasWorkdir = start.hasWorkdir;
  }

  get scope(): StageScope {
    const { isComplete } = this.#start;
    return { env: this.#env, args: this.#args, hasShell: this.#hasShell, hasWorkdir: this.#hasWorkdir, isComplete };
  }

  #set(name: string, value: string): void {
    this.#ownEnv ??= new Map(this.#start.env);
    this.#env = this.#ownEnv.set(name, value);
  }

  #addArg(name: string): void {
    this.#ownArgs ??= new Set(this.#start.args);
    this.#args = this.#ownArgs.add(name);
  }

  read(instruction: StageInstruction): StepFacts {
    this.#unset = new Set();
    if (instruction.kind === 'SHELL') this.#hasShell = true;
    if (instruction.kind === 'WORKDIR') this.#hasWorkdir = true;
    const values = this.#values(instruction);
    return { instruction, values, undefinedNames: this.#undefinedNames(), hasShell: this.#hasShell };
  }

  #undefinedNames() {
    return [...this.#unset]
      .filter((name) => !this.#args.has(name))
      .map((name) => ({ name, suggestion: this.#suggestion(name) }))
      .filter(({ suggestion }) => this.#start.isComplete || suggestion !== undefined);
  }

  #suggestion(name: string): string | undefined {
    return this.#env.size > MAX_SEARCHED ? undefined : nearestOption(name, this.#env.keys());
  }

  #expand(word: string): string | undefined {
    const expansion = expand(this.#dockerfile, word, this.#env);
    for (const name of expansion?.unset ?? []) this.#unset.add(name);
    return expansion?.value;
  }

  #expandAll(words: readonly (string | undefined)[]): string[] {
    return words.flatMap((word) => (word === undefined ? [] : (this.#expand(word) ?? [])));
  }

  #values(instruction: StageInstruction): readonly string[] {
    switch (instruction.kind) {
      case 'ENV':
        return this.#setPairs(instruction.pairs);
      case 'ARG':
        return this.#declare(instruction);
      case 'LABEL':
        return this.#expandAll(instruction.pairs.flatMap(({ key, value }) => [key, value]));
      case 'COPY':
      case 'ADD':
        return this.#copySources(instruction);
      case 'RUN':
        return this.#expandAll(instruction.mounts);
      case 'EXPOSE':
        return instruction.ports.flatMap((port) => this.#splitWords(port));
      case 'WORKDIR':
        return this.#expandAll([instruction.path]);
      case 'USER':
        return this.#expandAll([instruction.user]);
      case 'STOPSIGNAL':
        return this.#expandAll([instruction.signal]);
      case 'VOLUME':
        return this.#expandAll(instruction.paths);
      default:
        return [];
    }
  }

  /** All pairs see the variables from before the line. */
  #setPairs(pairs: readonly { readonly key: string; readonly value: string }[]): string[] {
    const expanded = pairs.map(({ key, value }) => [this.#expand(key) ?? key, this.#expand(value) ?? ''] as const);
    for (const [key, value] of expanded) this.#set(key, value);
    return expanded.map(([key]) => key);
  }

  #declare({ args }: Extract<StageInstruction, { kind: 'ARG' }>): string[] {
    for (const { name, defaultValue } of args) {
      const given = own(this.#buildArgs, name);
      const value = given ?? (defaultValue === undefined ? this.#globals.values.get(name) : this.#expand(defaultValue));
      this.#addArg(name);
      if (value !== undefined) this.#set(name, value);
    }
    return args.map(({ name }) => name);
  }

  #copySources(instruction: Extract<StageInstruction, { kind: 'COPY' | 'ADD' }>): string[] {
    const { chown, chmod, destination, heredocs, sources } = instruction;
    const checksum = instruction.kind === 'ADD' ? instruction.checksum : undefined;
    this.#expandAll([chown, chmod, checksum, destination]);
    for (const heredoc of heredocs) {
      const unset = orUndefined(() => expandHeredocDetails(heredoc, this.#env).unset) ?? [];
      for (const name of unset) this.#unset.add(name);
    }
    return this.#expandAll(sources);
  }

  #splitWords(word: string): string[] {
    const { escape: escapeChar } = this.#dockerfile.directives;
    return orUndefined(() => expandWords(word, this.#env, { escape: escapeChar })) ?? [];
  }
}

/** The build says what is wrong with a malformed word. */
function orUndefined<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isTsbuildError(error)) return undefined;
    throw error;
  }
}
