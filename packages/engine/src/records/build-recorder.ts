import { randomBytes } from 'node:crypto';
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type BuildEvent, type BuildWarning, systemErrorCode } from '@tsbuild/core';
import {
  type BuildRecord,
  logFile,
  MAX_SOURCE,
  newBuildId,
  RECORD_FILE,
  RECORD_VERSION,
  type RecordedStep,
} from './build-record.ts';
import { forgetBuilds } from './forget-builds.ts';

type Mutable<T> = { -readonly [K in keyof T]: T[K] };
type StepInProgress = Mutable<RecordedStep> & { startedAt?: number; log?: number };

/**
 * Writes a build's record from its events. Output goes to disk as it comes, before anything else sees it: a command
 * that prints faster than the disk takes it waits. A disk that takes nothing ends the record, never the build.
 */
export class BuildRecorder {
  readonly id: string;
  readonly #name: string;
  readonly #builds: string;
  readonly #folder: string;
  readonly #startedAt = Date.now();
  readonly #steps = new Map<string, StepInProgress>();
  readonly #warnings: BuildWarning[] = [];
  #about = { dockerfile: '', source: '', target: '', platform: '' };
  #isMade = false;
  #isBroken = false;

  /** `builds` is the store's folder for records. */
  constructor(builds: string, name: string) {
    this.id = newBuildId(this.#startedAt, randomBytes(4));
    this.#name = name;
    this.#builds = builds;
    this.#folder = join(builds, this.id);
  }

  take(event: BuildEvent): void {
    if (this.#isBroken) return;
    try {
      this.#take(event);
    } catch (error) {
      if (systemErrorCode(error) === undefined) throw error;
      this.#isBroken = true;
    }
  }

  #take(event: BuildEvent): void {
    switch (event.type) {
      case 'build-started':
        this.#about = aboutOf(event);
        return;
      case 'step-defined':
        this.#steps.set(event.step, definedStep(event));
        return;
      case 'step-started':
        this.#step(event.step).startedAt = event.time;
        return;
      case 'step-log':
        this.#log(this.#step(event.step), event.bytes);
        return;
      case 'step-finished':
        this.#finishStep(event);
        return;
      case 'warning':
        this.#warnings.push(event.warning);
        return;
      case 'build-finished':
        this.#finish(event);
        return;
      case 'step-progress':
        return;
      default:
        event satisfies never;
    }
  }

  #step(id: string): StepInProgress {
    const step = this.#steps.get(id) ?? { id, name: id };
    this.#steps.set(id, step);
    return step;
  }

  #log(step: StepInProgress, bytes: Uint8Array): void {
    step.log ??= openSync(join(this.#makeFolder(), logFile(step.id)), 'a', 0o600);
    for (let written = 0; written < bytes.byteLength; ) written += writeSync(step.log, bytes, written);
    step.logBytes = (step.logBytes ?? 0) + bytes.byteLength;
  }

  #finishStep({ step: id, status, because, from, error, time }: Event<'step-finished'>): void {
    const step = this.#step(id);
    step.status = status;
    step.startMs = (step.startedAt ?? time) - this.#startedAt;
    step.durationMs = time - (step.startedAt ?? time);
    if (because !== undefined) step.because = because;
    if (from !== undefined) step.from = from;
    if (error !== undefined) step.error = error;
    this.#close(step);
  }

  #finish({ status, error, images = [], time }: Event<'build-finished'>): void {
    const steps = [...this.#steps.values()];
    for (const step of steps) this.#close(step);
    const record: BuildRecord = {
      id: this.id,
      name: this.#name,
      ...this.#about,
      startedAt: this.#startedAt,
      durationMs: time - this.#startedAt,
      status,
      ...(error === undefined ? {} : { error }),
      images,
      steps: steps.map(({ startedAt: _, log: __, ...step }) => step),
      warnings: this.#warnings,
    };
    const text = JSON.stringify({ v: RECORD_VERSION, ...record });
    writeFileSync(join(this.#makeFolder(), RECORD_FILE), text, { mode: 0o600 });
    forgetBuilds(this.#builds);
  }

  #close(step: StepInProgress): void {
    if (step.log === undefined) return;
    closeSync(step.log);
    delete step.log;
  }

  #makeFolder(): string {
    if (!this.#isMade) mkdirSync(this.#folder, { mode: 0o700 });
    this.#isMade = true;
    return this.#folder;
  }
}

type Event<Type extends BuildEvent['type']> = Extract<BuildEvent, { readonly type: Type }>;

function aboutOf({ dockerfile, source, target, platform }: Event<'build-started'>) {
  return { dockerfile, source: source.length > MAX_SOURCE ? '' : source, target, platform };
}

function definedStep({ step, name, inputs, range }: Event<'step-defined'>): StepInProgress {
  return {
    id: step,
    name,
    ...(inputs.length === 0 ? {} : { inputs }),
    ...(range === undefined ? {} : { line: range.start.line }),
  };
}
