import { DockerfileError, type ErrorCode } from '@tsbuild/core';

const SHOWN = 80;

/** Quotes a piece of the Dockerfile for a message; long pieces are cut. */
export function quote(text: string): string {
  return JSON.stringify(text.length <= SHOWN ? text : `${text.slice(0, SHOWN)}…`);
}

/** An instruction is malformed. Whoever knows the place adds it with `withSource`. */
export function syntaxError(message: string, hint?: string): DockerfileError {
  return dockerfileError('ERR_TSBUILD_DOCKERFILE_SYNTAX', message, hint);
}

export function dockerfileError(code: ErrorCode, message: string, hint?: string): DockerfileError {
  return new DockerfileError(code, message, { hint });
}
