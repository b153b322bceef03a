import { type ErrorDetails, TsbuildError } from '@tsbuild/core';

/** A bake or Compose file is malformed, or names what is not there. The message begins with the file. */
export class BakeFileError extends TsbuildError {
  constructor(file: string, message: string, details: ErrorDetails = {}) {
    super('ERR_TSBUILD_BAKE_FILE', file === '' ? message : `${file}: ${message}`, details);
  }
}
