/**
 * Every error code and what it means. A code is part of the interface: it is never reused for another meaning.
 * `exit` is the exit status of the command: 1 unless the mistake is in how it was called.
 */
export const ERROR_CODES = {
  ERR_TSBUILD_USAGE: { summary: 'the command or function was called in a way it does not support', exit: 2 },
  ERR_TSBUILD_UNSUPPORTED_FLAG: { summary: 'a flag that tsbuild does not support', exit: 2 },
  ERR_TSBUILD_INTERRUPTED: { summary: 'the build was cancelled', exit: 130 },

  ERR_TSBUILD_INVALID_DIGEST: { summary: 'a digest is not written as sha256:<64 hex digits>' },
  ERR_TSBUILD_INVALID_REFERENCE: { summary: 'an image name is malformed' },
  ERR_TSBUILD_INVALID_PLATFORM: { summary: 'a platform is not written as os/arch[/variant]' },
  ERR_TSBUILD_PATTERN: { summary: 'a pattern of file names is malformed' },
  ERR_TSBUILD_INVALID_MANIFEST: { summary: 'a manifest, index or config does not have the shape the OCI spec demands' },

  ERR_TSBUILD_DOCKERFILE_NOT_FOUND: { summary: 'the Dockerfile does not exist' },
  ERR_TSBUILD_DOCKERFILE_SYNTAX: { summary: 'an instruction of the Dockerfile is malformed' },
  ERR_TSBUILD_UNKNOWN_INSTRUCTION: { summary: 'an instruction that Dockerfiles do not have' },
  ERR_TSBUILD_UNKNOWN_FLAG: { summary: 'an instruction has a flag it does not know' },
  ERR_TSBUILD_EXPANSION: { summary: 'a variable expansion is malformed or demands an unset variable' },
  ERR_TSBUILD_UNKNOWN_STAGE: { summary: 'a stage or target that does not exist' },
  ERR_TSBUILD_NOT_ALLOWED: { summary: 'an instruction needs a permission that was not given' },
  ERR_TSBUILD_CHECK_FAILED: { summary: 'a build check failed and check=error=true is set' },

  ERR_TSBUILD_BAKE_FILE: { summary: 'a Compose or bake file is malformed or refers to what does not exist' },

  ERR_TSBUILD_SOURCE_NOT_FOUND: { summary: 'the source of a COPY, ADD or bind mount does not exist' },
  ERR_TSBUILD_COPY: { summary: 'a COPY, ADD or WORKDIR cannot be carried out as written' },
  ERR_TSBUILD_CONTEXT_NOT_FOUND: { summary: 'the build context does not exist or cannot be read' },
  ERR_TSBUILD_CONTEXT_CHANGED: { summary: 'a file of the build context kept changing while it was packed' },
  ERR_TSBUILD_EXEC: { summary: 'a RUN command ended with a non-zero status' },
  ERR_TSBUILD_SANDBOX: { summary: 'the sandbox for RUN could not be set up' },
  ERR_TSBUILD_RUN_UNAVAILABLE: { summary: 'this machine offers no way to run a RUN step' },
  ERR_TSBUILD_NOT_RECORDED: { summary: 'a recording that is replayed has no result of a RUN step as it is now' },

  ERR_TSBUILD_NOT_FOUND: { summary: 'content that was asked for does not exist' },
  ERR_TSBUILD_IMAGE_NOT_FOUND: { summary: 'an image is neither in the store nor in its registry' },
  ERR_TSBUILD_DIGEST_MISMATCH: { summary: 'bytes do not have the digest that names them' },
  ERR_TSBUILD_SIZE_MISMATCH: { summary: 'bytes do not have the size that was declared' },
  ERR_TSBUILD_TOO_LARGE: { summary: 'content is larger than the limit that applies to it' },

  ERR_TSBUILD_LAYER: { summary: 'a layer archive is damaged' },
  ERR_TSBUILD_UNSAFE_PATH: { summary: 'an archive names a path outside of its root' },
  ERR_TSBUILD_COMPRESSION: { summary: 'compressed data is damaged or of an unknown kind' },

  ERR_TSBUILD_REGISTRY: { summary: 'a registry answered with an error' },
  ERR_TSBUILD_REGISTRY_UNREACHABLE: { summary: 'a registry could not be reached' },
  ERR_TSBUILD_REGISTRY_DENIED: { summary: 'a registry refused access' },

  ERR_TSBUILD_SIGNING_KEY: { summary: 'a key for signatures cannot be used' },
  ERR_TSBUILD_SIGNATURE: { summary: 'an image has no valid signature by the key that was asked for' },
  ERR_TSBUILD_SOURCE_DENIED: { summary: 'a policy denies a source of the build' },

  ERR_TSBUILD_CACHE: { summary: 'a shared cache could not be read or written' },

  ERR_TSBUILD_STORE_FORMAT: { summary: 'the store was written by an incompatible version' },
  ERR_TSBUILD_STORE: { summary: 'the store cannot be used' },
  ERR_TSBUILD_DISK_FULL: { summary: 'no space is left on the device' },
  ERR_TSBUILD_PERMISSION: { summary: 'the operating system denied access to a file' },
  ERR_TSBUILD_OUTPUT: { summary: 'an output could not be written' },
} as const satisfies Record<`ERR_TSBUILD_${string}`, { readonly summary: string; readonly exit?: number }>;

/** A code of {@link ERROR_CODES}. It never changes its meaning. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** Exit status of the command for an error of this code. */
export function exitStatusOf(code: ErrorCode): number {
  const entry = ERROR_CODES[code];
  return 'exit' in entry ? entry.exit : 1;
}
