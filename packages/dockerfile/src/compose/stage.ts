import { placeName } from './place-name.ts';
import { createStagePrinter } from './print-stages.ts';
import type { AddOptions, CopyOptions, HealthcheckOptions, StageRunOptions } from './run-options.ts';
import { runText } from './run-text.ts';
import { flag, jsonForm, octal, quoted, refuseLineBreak, word } from './words.ts';

/** A command: words to be executed as they are, or a line for the shell. */
export type Command = string | readonly string[];

/**
 * A build stage written in TypeScript. Every method returns a new stage with one more instruction; nothing is changed.
 * It stands for exactly the Dockerfile text that `toString()` gives, so graph, cache keys and history are those of the
 * text. Values are taken as they are, but `$NAME` is expanded as in a Dockerfile; `\$` is a dollar sign.
 */
export class Stage {
  /** What other stages call it. */
  readonly name: string | undefined;
  readonly #lines: readonly string[];
  /** Stages that this one starts from or copies from. */
  readonly #needs: readonly Stage[];

  private constructor(name: string | undefined, lines: readonly string[], needs: readonly Stage[]) {
    this.name = name;
    this.#lines = lines;
    this.#needs = needs;
  }

  /** Begins a stage; {@link stage} is the way to say it. */
  static create(name: string | undefined, base: Stage | string, platform: string | undefined): Stage {
    const as = name === undefined ? '' : ` AS ${name}`;
    const line = `FROM${flag('platform', platform)} ${placeName(base)}${as}`;
    return new Stage(name, [line], typeof base === 'string' ? [] : [base]);
  }

  /** COPY. Paths with blanks are no problem. */
  copy(sources: string | readonly string[], target: string, options: CopyOptions = {}): Stage {
    const { from, chown, chmod, link, parents, exclude = [] } = options;
    const flags = [
      flag('from', from === undefined ? undefined : placeName(from)),
      flag('chown', chown),
      flag('chmod', octal(chmod)),
      flag('link', link),
      flag('parents', parents),
      ...exclude.map((pattern) => flag('exclude', pattern)),
    ];
    return this.#with(`COPY${flags.join('')} ${paths(sources, target)}`, from);
  }

  /** ADD: archives of the context are unpacked, URLs and git repositories fetched. */
  add(sources: string | readonly string[], target: string, options: AddOptions = {}): Stage {
    const { checksum, chown, chmod, link, exclude = [], keepGitDir, unpack } = options;
    const flags = [
      flag('checksum', checksum),
      flag('chown', chown),
      flag('chmod', octal(chmod)),
      flag('link', link),
      flag('keep-git-dir', keepGitDir),
      unpack === undefined ? '' : flag('unpack', String(unpack)),
      ...exclude.map((pattern) => flag('exclude', pattern)),
    ];
    return this.#with(`ADD${flags.join('')} ${paths(sources, target)}`);
  }

  /** RUN. A text is for the shell, and may have several lines; a list is executed as it is. */
  run(command: Command, options: StageRunOptions = {}): Stage {
    const { text, needs } = runText(command, options);
    return needs.reduce((stage, need) => stage.#with('', need), this.#with(text));
  }

  /** `ENV`, one instruction for all of the variables. */
  env(variables: Readonly<Record<string, string>>): Stage {
    return this.#with(`ENV ${pairs(variables, 'ENV')}`);
  }

  /** `LABEL`, one instruction for all of the labels. */
  label(labels: Readonly<Record<string, string>>): Stage {
    return this.#with(`LABEL ${pairs(labels, 'LABEL')}`);
  }

  /** ARG, with or without a default. */
  arg(name: string, value?: string): Stage {
    return this.#with(`ARG ${value === undefined ? name : `${name}=${quoted(value, 'ARG')}`}`);
  }

  /** `WORKDIR`; a relative path starts from the one before. */
  workdir(path: string): Stage {
    return this.#with(`WORKDIR ${word(path, 'WORKDIR')}`);
  }

  /** `USER`: `name`, `uid`, or either with `:group`. */
  user(user: string): Stage {
    return this.#with(`USER ${word(user, 'USER')}`);
  }

  /** `EXPOSE`: numbers are TCP, `'53/udp'` says which, `'8000-8010'` is a range. */
  expose(...ports: readonly (number | string)[]): Stage {
    return this.#with(`EXPOSE ${ports.map((port) => word(String(port), 'EXPOSE')).join(' ')}`);
  }

  /** `VOLUME`, as a JSON list. */
  volume(...targets: readonly string[]): Stage {
    return this.#with(`VOLUME ${jsonForm(targets)}`);
  }

  /** `ENTRYPOINT`: text is run by the shell, a list as it is. */
  entrypoint(command: Command): Stage {
    return this.#with(`ENTRYPOINT ${commandText(command, 'ENTRYPOINT')}`);
  }

  /** `CMD`: text is run by the shell, a list as it is. */
  cmd(command: Command): Stage {
    return this.#with(`CMD ${commandText(command, 'CMD')}`);
  }

  /** `SHELL`, for every text that follows. */
  shell(words: readonly string[]): Stage {
    return this.#with(`SHELL ${jsonForm(words)}`);
  }

  /** `STOPSIGNAL`. */
  stopSignal(signal: string | number): Stage {
    return this.#with(`STOPSIGNAL ${word(String(signal), 'STOPSIGNAL')}`);
  }

  /** HEALTHCHECK; `'none'` takes away that of the base. */
  healthcheck(command: Command | 'none', options: HealthcheckOptions = {}): Stage {
    if (command === 'none') return this.#with('HEALTHCHECK NONE');
    const { interval, timeout, startPeriod, startInterval, retries } = options;
    const flags = [
      flag('interval', interval),
      flag('timeout', timeout),
      flag('start-period', startPeriod),
      flag('start-interval', startInterval),
      flag('retries', retries),
    ];
    return this.#with(`HEALTHCHECK${flags.join('')} CMD ${commandText(command, 'HEALTHCHECK')}`);
  }

  /** An instruction as text, for what has no method. */
  instruction(text: string): Stage {
    return this.#with(text);
  }

  /** The Dockerfile of this stage and of all that it needs, each once, before what needs it. */
  toString(): string {
    return createStagePrinter().print(this);
  }

  /** The lines of this stage alone. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  get needs(): readonly Stage[] {
    return this.#needs;
  }

  #with(line: string, need?: Stage | string): Stage {
    const needs = need instanceof Stage ? [...this.#needs, need] : this.#needs;
    return new Stage(this.name, line === '' ? this.#lines : [...this.#lines, line], needs);
  }
}

function paths(sources: string | readonly string[], target: string): string {
  const all = [...(typeof sources === 'string' ? [sources] : sources), target];
  for (const path of all) refuseLineBreak(path, 'a path');
  return all.every((path) => /^[^\s"'\\[#<-][^\s"'\\]*$/.test(path)) ? all.join(' ') : jsonForm(all);
}

function pairs(values: Readonly<Record<string, string>>, what: string): string {
  return Object.entries(values)
    .map(([name, value]) => `${word(name, what)}=${quoted(value, what)}`)
    .join(' ');
}

function commandText(command: Command, what: string): string {
  if (typeof command !== 'string') return jsonForm(command);
  refuseLineBreak(command, what);
  return command;
}
