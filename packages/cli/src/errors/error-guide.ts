import type { ErrorCode } from '@tsbuild/core';

/** What usually leads to an error of a code, and what to do about it. Read by people only, so no build loads it. */
export interface ErrorAdvice {
  readonly cause: string;
  readonly cure: string;
}

/** Advice for every code: one that is missing here does not compile. */
export const ERROR_GUIDE: Readonly<Record<ErrorCode, ErrorAdvice>> = {
  ERR_TSBUILD_USAGE: {
    cause: 'A misspelt flag or command, an argument too many or too few, a value that the flag does not take.',
    cure: 'Follow the hint; `tsbuild COMMAND --help` and [flags.md](flags.md) list what there is.',
  },
  ERR_TSBUILD_UNSUPPORTED_FLAG: {
    cause:
      'A flag that Docker has and tsbuild cannot honour. It is refused, since ignoring it would build something else.',
    cure: 'Leave it out, or use what the hint names. [flags.md](flags.md) tells the reason for each.',
  },
  ERR_TSBUILD_INTERRUPTED: {
    cause: 'Ctrl-C, SIGTERM, or an abort of the `signal` that a program gave.',
    cure: 'Build again: the steps that had ended are cached.',
  },
  ERR_TSBUILD_INVALID_DIGEST: {
    cause: 'A digest in a `FROM`, an image name or `ADD --checksum` that is cut off or lacks its `sha256:`.',
    cure: 'Copy it whole: `sha256:` and 64 hex digits.',
  },
  ERR_TSBUILD_INVALID_REFERENCE: {
    cause: 'Capitals, spaces or an empty tag in an image name; often a variable in it that is unset.',
    cure: 'Write `[REGISTRY/]NAME[:TAG][@DIGEST]` in lower case; a tag may have capitals.',
  },
  ERR_TSBUILD_INVALID_PLATFORM: {
    cause: '`--platform`, or that of a `FROM`, is misspelt.',
    cure: 'Write `os/arch` or `os/arch/variant`: `linux/amd64`, `linux/arm64`, `linux/arm/v7`.',
  },
  ERR_TSBUILD_PATTERN: {
    cause: 'A pattern in `.dockerignore`, `COPY` or `--exclude` has an open `[` or ends in a backslash.',
    cure: 'Close the bracket, or write `[[]` where a bracket itself is meant.',
  },
  ERR_TSBUILD_INVALID_MANIFEST: {
    cause: 'A registry or archive answered with something that is not an image, or with an image of an unknown form.',
    cure: 'Look at it with `skopeo inspect --raw`; if it is none of yours, name another tag.',
  },
  ERR_TSBUILD_DOCKERFILE_NOT_FOUND: {
    cause:
      'The Dockerfile has another name or stands elsewhere. `-f` counts from the working directory, not from the context.',
    cure: 'Name it with `-f`; the last argument is the folder that `COPY` reads from.',
  },
  ERR_TSBUILD_DOCKERFILE_SYNTAX: {
    cause: 'An instruction lacks an argument, has one too many, or a value that it does not take.',
    cure: 'The frame shows the line and the hint the form. `tsbuild build --check .` finds more of them without building.',
  },
  ERR_TSBUILD_UNKNOWN_INSTRUCTION: {
    cause:
      'A misspelt keyword, a missing space as in `CMD["a"]`, or a line whose predecessor lost its final backslash.',
    cure: 'Mend the word, or continue the line above it.',
  },
  ERR_TSBUILD_UNKNOWN_FLAG: {
    cause: 'A misspelt flag of an instruction, or one of another instruction.',
    cure: '[dockerfile.md](dockerfile.md) lists the flags of each instruction.',
  },
  ERR_TSBUILD_EXPANSION: {
    cause: 'An open quote or `${`, or a `${NAME:?message}` whose variable is unset.',
    cure: 'Close it, or give the variable with `--build-arg NAME=VALUE`. An ARG from above the first FROM has to be repeated in the stage.',
  },
  ERR_TSBUILD_UNKNOWN_STAGE: {
    cause: '`--target` or `--from` names a stage that does not exist, or that comes later.',
    cure: 'Mend the name, or move the stage up. `tsbuild build --call targets .` lists the stages.',
  },
  ERR_TSBUILD_NOT_ALLOWED: {
    cause: 'A `RUN --network=host` or `RUN --security=insecure` without its permission.',
    cure: 'Give it: `--allow network.host`, `--allow security.insecure`.',
  },
  ERR_TSBUILD_CHECK_FAILED: {
    cause: 'A build check found something, and the Dockerfile says `# check=error=true`.',
    cure: 'Mend what the warnings name, or skip a rule: `# check=skip=RULE;error=true`.',
  },
  ERR_TSBUILD_BAKE_FILE: {
    cause:
      'A key of a Compose or bake file is misspelt or not supported, or a target, file or variable does not exist.',
    cure: 'The message names the key. `tsbuild bake --print` shows what a file means; HCL becomes JSON with `docker buildx bake --print`.',
  },
  ERR_TSBUILD_SOURCE_NOT_FOUND: {
    cause: 'A path that is misspelt, of another letter case, outside of the context, or excluded by `.dockerignore`.',
    cure: 'The message tells which. Paths count from the context, and cannot lead out of it.',
  },
  ERR_TSBUILD_COPY: {
    cause: 'A file stands where a folder is wanted or the other way round, or an owner or a mode is malformed.',
    cure: 'Choose another destination, or remove what an earlier step left there.',
  },
  ERR_TSBUILD_CONTEXT_NOT_FOUND: {
    cause: 'The last argument is no folder, or a context of `--build-context` cannot be opened.',
    cure: 'Give a folder: `.` is the working directory.',
  },
  ERR_TSBUILD_CONTEXT_CHANGED: {
    cause: 'Something writes into the context while it is read: a watcher, another build, a log file.',
    cure: 'Stop it, or exclude the file in `.dockerignore`.',
  },
  ERR_TSBUILD_EXEC: {
    cause:
      'The command of a RUN failed. 127 means that a command does not exist, 126 that it cannot be started, 137 that it was killed, often for memory.',
    cure: 'Read the end of its output; `--on-error shell` opens a shell where it failed ([debugging.md](debugging.md)).',
  },
  ERR_TSBUILD_SANDBOX: {
    cause:
      'The kernel or the container that tsbuild runs in refused a part of the sandbox, or USER names nobody that the image knows.',
    cure: '`tsbuild doctor` tells what the machine allows; the message names the call that failed.',
  },
  ERR_TSBUILD_RUN_UNAVAILABLE: {
    cause: 'RUN needs Linux and either root or user namespaces, and this machine has neither.',
    cure: '`tsbuild doctor` tells what is missing and how to get it. Images without RUN are built all the same.',
  },
  ERR_TSBUILD_NOT_RECORDED: {
    cause: 'What a RUN step is made of changed since the recording was made, or the recording is of another build.',
    cure: 'Record again where RUN works; with `@tsbuild/testing`, by `TSBUILD_RECORD=1`.',
  },
  ERR_TSBUILD_NOT_FOUND: {
    cause: 'A blob, a record, a secret or an ssh agent that is asked for is not there.',
    cure: 'Give it (`--secret`, `--ssh`), or mend its name; what an interrupted pull left out, `tsbuild pull` brings.',
  },
  ERR_TSBUILD_IMAGE_NOT_FOUND: {
    cause: 'A misspelt name or tag, another registry, or an image for other platforms only.',
    cure: 'Mend the name; `tsbuild images` lists the store, which is not that of Docker ([differences.md](differences.md)).',
  },
  ERR_TSBUILD_DIGEST_MISMATCH: {
    cause: 'A download was damaged or the file behind a URL was replaced.',
    cure: 'Try again; if it stays so, check the source and then mend the digest or checksum that expects another.',
  },
  ERR_TSBUILD_SIZE_MISMATCH: {
    cause: 'A transfer broke off, or a server declares a wrong size.',
    cure: 'Try again, then ask who runs the server.',
  },
  ERR_TSBUILD_TOO_LARGE: {
    cause: 'A manifest, config, layer or archive claims more than any real one needs: it is damaged or hostile.',
    cure: 'The message names the limit. Do not use the content unless you know where it is from.',
  },
  ERR_TSBUILD_LAYER: {
    cause: 'A tar archive is cut off or damaged.',
    cure: 'Make or fetch it again; `tsbuild store verify` checks what the store has.',
  },
  ERR_TSBUILD_UNSAFE_PATH: {
    cause: 'An archive has an entry that would be written outside of its root.',
    cure: 'Do not trust the archive; pack it again from its files.',
  },
  ERR_TSBUILD_COMPRESSION: {
    cause: 'Compressed data is cut off, or of a kind that is not read.',
    cure: 'Fetch it again, or compress it with gzip, zstd, bzip2 or xz.',
  },
  ERR_TSBUILD_REGISTRY: {
    cause: 'The registry refused a request for a reason of its own, which the message repeats.',
    cure: 'Try again when it is a 429 or a 5xx; otherwise ask who runs it.',
  },
  ERR_TSBUILD_REGISTRY_UNREACHABLE: {
    cause:
      'The name is not known, nothing listens there, or its certificate is not trusted. A misspelt stage is looked up as an image, too.',
    cure: 'Check the name, the network and the proxy variables.',
  },
  ERR_TSBUILD_REGISTRY_DENIED: {
    cause:
      'No login, an expired one, or no right to this repository. Docker Hub says so of images that do not exist, too.',
    cure: '`tsbuild login REGISTRY`, and check the name.',
  },
  ERR_TSBUILD_SIGNING_KEY: {
    cause: 'A key file is missing, of another kind, or its password is wrong.',
    cure: 'Use a key of `cosign generate-key-pair`, and its password in `COSIGN_PASSWORD`.',
  },
  ERR_TSBUILD_SIGNATURE: {
    cause: 'An image was not signed, was signed with another key, or was changed after it was signed.',
    cure: 'Check whose key you have; do not use the image until you know.',
  },
  ERR_TSBUILD_SOURCE_DENIED: {
    cause: 'The policy of `--policy` has a rule against a source of this build.',
    cure: 'Use a source that it allows, or have the rule changed ([policies.md](policies.md)).',
  },
  ERR_TSBUILD_CACHE: {
    cause: 'A shared cache could not be written. One that cannot be read is a warning only.',
    cure: 'Check place and login, or add `ignore-error=true` to `--cache-to` ([share-caches.md](guides/share-caches.md)).',
  },
  ERR_TSBUILD_STORE_FORMAT: {
    cause: 'The store was made by another version of tsbuild.',
    cure: 'Use that version, or another store: `--root FOLDER`. `tsbuild store rm` removes the old one.',
  },
  ERR_TSBUILD_STORE: {
    cause: 'The folder of the store is on a file system that lacks something, or is not a store.',
    cure: 'Choose another with `--root` or `TSBUILD_ROOT`; `tsbuild doctor` says what is wrong with it.',
  },
  ERR_TSBUILD_DISK_FULL: {
    cause: 'The file system of the store, of an output or of the temporary folder is full.',
    cure: '`tsbuild du` tells what the store holds and `tsbuild prune` frees it; or choose another with `--root`.',
  },
  ERR_TSBUILD_PERMISSION: {
    cause: 'A file of the context, the store or an output belongs to somebody else.',
    cure: 'Change its owner or mode; exclude what the build does not need in `.dockerignore`.',
  },
  ERR_TSBUILD_OUTPUT: {
    cause: 'The place of an output does not exist, or nothing can be loaded into because no engine runs.',
    cure: 'Make the folder first; for `--load`, start Docker, podman or containerd.',
  },
};
