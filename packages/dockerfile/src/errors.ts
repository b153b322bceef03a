import { DockerfileError, type ErrorCode } from '@tsbuild/core';

const SHOWN = 80;

/** A piece of the Dockerfile for a message: long ones are cut. */
export function shorten(text: string): string {
  return text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`;
}

export function quote(text: string): string {
  return JSON.stringify(shorten(text));
}

/** An instruction is malformed. Whoever knows the place adds it with `withSource`. */
export function syntaxError(message: string, hint?: string): DockerfileError {
  return dockerfileError('ERR_TSBUILD_DOCKERFILE_SYNTAX', message, hint);
}

export function dockerfileError(code: ErrorCode, message: string, hint?: string): DockerfileError {
  return new DockerfileError(code, message, { hint });
}
