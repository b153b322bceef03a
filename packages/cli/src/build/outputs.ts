import { UsageError } from '@tsbuild/core';
import type { OutputOptions } from '@tsbuild/engine';
import { readOutput, STDOUT } from './output-flag.ts';

export interface OutputRequest {
  /** Values of `--output`. */
  readonly outputs: readonly string[];
  readonly tags: readonly string[];
  /** `--push`, `--load` */
  readonly push: boolean;
  readonly load: boolean;
  readonly isStdoutTerminal: boolean;
}

/**
 * All outputs of a build. `--push` pushes what `--output type=image` would have kept, or adds an output; `--load` adds
 * one, and an image that goes nowhere else is kept in the store as well.
 * @throws {UsageError}
 */
export function readOutputs({ outputs, tags, push, load, isStdoutTerminal }: OutputRequest): readonly OutputOptions[] {
  const asked = outputs.flatMap(readOutput);
  if (load && !asked.some(isLoaded)) asked.push(...(asked.length === 0 ? KEPT : []), { type: 'docker' });
  const all = push ? pushed(asked, load) : asked;
  if (tags.length === 0 && all.some((output) => output.type === 'registry' && output.name === undefined)) {
    throw new UsageError('a tag is needed when pushing to a registry', { hint: 'add --tag REGISTRY/NAME:TAG' });
  }
  const streams = all.filter((output) => 'dest' in output && output.dest === STDOUT);
  if (streams.length > 1) throw new UsageError('only one output can go to standard output');
  if (streams.length === 1 && isStdoutTerminal) {
    throw new UsageError('refusing to write an archive to the terminal', {
      hint: 'add dest=FILE, or redirect the output',
    });
  }
  return all.length === 0 && outputs.length === 0 ? KEPT : all;
}

const KEPT: readonly OutputOptions[] = [{ type: 'image' }];

function isLoaded(output: OutputOptions): boolean {
  return output.type === 'docker' && output.dest === undefined;
}

function pushed(asked: readonly OutputOptions[], load: boolean): readonly OutputOptions[] {
  const all = load
    ? asked
    : asked.map((output) => (output.type === 'image' ? { ...output, type: 'registry' as const } : output));
  return all.some(({ type }) => type === 'registry') ? all : [...all, { type: 'registry' }];
}
