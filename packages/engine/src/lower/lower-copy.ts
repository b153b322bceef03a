import { DockerfileError } from '@tsbuild/core';
import { type AddInstruction, type CopyInstruction, expandHeredoc } from '@tsbuild/dockerfile';
import type { FileAction, FileVertex } from '../graph.ts';
import { resolveTarget } from './paths.ts';
import type { StageContext } from './stage-context.ts';
import { type StageState, withHistory, withVertex } from './stage-state.ts';

const HTTP_URL = /^https?:\/\//;
const GIT_URL = /^(?:git:\/\/|git@|ssh:\/\/|https?:\/\/[^?#]+\.git(?:[?#]|$))/;

/** COPY and ADD: sources, heredoc files and downloads become the actions of one file vertex, one layer. */
export async function lowerCopy(
  instruction: CopyInstruction | AddInstruction,
  state: StageState,
  context: StageContext,
): Promise<StageState> {
  const expand = (word: string) => context.expander.expand(word, state.env, instruction);
  const sources = instruction.sources.map(expand);
  const destination = expand(instruction.destination);
  const chown = instruction.chown === undefined ? undefined : expand(instruction.chown);
  const chmod = instruction.chmod === undefined ? undefined : expand(instruction.chmod);
  const parents = instruction.kind === 'COPY' && instruction.parents;
  const vertex: FileVertex = {
    op: 'file',
    step: context.step(instruction, state),
    parent: state.rootfs,
    actions: [
      ...(await sourceActions(instruction, sources, state, context)),
      ...heredocActions(instruction, state, context),
    ],
    target: resolveTarget(state.config.WorkingDir ?? '/', destination),
    chown: chown === '' ? undefined : chown,
    chmod: chmod === '' ? undefined : chmod,
    link: instruction.link,
    parents,
    excludes: instruction.excludes.map(expand),
  };
  const text = [
    instruction.kind,
    ...(parents ? ['--parents'] : []),
    ...(chown === undefined || chown === '' ? [] : [`--chown=${chown}`]),
    ...(chmod === undefined || chmod === '' ? [] : [`--chmod=${chmod}`]),
    ...sources,
    ...instruction.heredocs.map(({ name }) => `<<${name}`),
    destination,
    '# buildkit',
  ];
  return withHistory(withVertex(state, vertex), text.join(' '), vertex);
}

/** Sources that are next to each other in the same tree are one action, so that Docker's rules for several sources hold. */
async function sourceActions(
  instruction: CopyInstruction | AddInstruction,
  sources: readonly string[],
  state: StageState,
  context: StageContext,
): Promise<FileAction[]> {
  if (sources.length === 0) return [];
  const source =
    instruction.kind === 'COPY' && instruction.from !== undefined
      ? await context.from(instruction.from, { isCopy: true }, instruction)
      : context.buildContext;
  const kind = instruction.kind === 'ADD' && instruction.unpack !== false ? 'add' : 'copy';
  const actions: FileAction[] = [];
  if (
    instruction.kind === 'ADD' &&
    instruction.checksum !== undefined &&
    !sources.every((path) => HTTP_URL.test(path))
  ) {
    throw new DockerfileError('ERR_TSBUILD_DOCKERFILE_SYNTAX', 'checksum requires HTTP(S) sources', {
      range: instruction.range,
      source: context.source,
      hint: 'files of the build context need no checksum: remove the flag',
    });
  }
  for (const path of sources) {
    const last = actions.at(-1);
    if (instruction.kind === 'ADD' && GIT_URL.test(path))
      throw unsupported('ADD of a git repository', instruction, context);
    if (instruction.kind === 'ADD' && HTTP_URL.test(path)) {
      const checksum =
        instruction.checksum === undefined
          ? undefined
          : context.expander.expand(instruction.checksum, state.env, instruction);
      actions.push({ kind: 'http', url: path, checksum, unpack: instruction.unpack === true });
    } else if (last?.kind === kind) actions[actions.length - 1] = { ...last, paths: [...last.paths, path] };
    else actions.push({ kind, source, paths: [path] });
  }
  return actions;
}

function heredocActions(
  instruction: CopyInstruction | AddInstruction,
  state: StageState,
  context: StageContext,
): FileAction[] {
  if (instruction.heredocs.length === 0) return [];
  return instruction.heredocs.map((heredoc): FileAction => {
    const content = expandHeredoc(heredoc, state.env, context.expander.options(instruction));
    return { kind: 'inline', name: heredoc.name, content };
  });
}

function unsupported(
  what: string,
  instruction: CopyInstruction | AddInstruction,
  context: StageContext,
): DockerfileError {
  return new DockerfileError('ERR_TSBUILD_UNSUPPORTED_INSTRUCTION_FLAG', `${what} is not supported`, {
    range: instruction.range,
    source: context.source,
    hint: 'fetch it in a RUN step or into the build context',
  });
}
