import { DockerfileError } from '@tsbuild/core';
import { type AddInstruction, type CopyInstruction, expandHeredoc } from '@tsbuild/dockerfile';
import type { FileAction, FileVertex } from '../graph.ts';
import { parseGitUrl } from '../source/git-url.ts';
import { isRemotePlace } from '../source/remote-place.ts';
import { resolveTarget } from './paths.ts';
import type { StageContext } from './stage-context.ts';
import { type StageState, withHistory, withVertex } from './stage-state.ts';

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
  const checksum = checksumOf(instruction, sources, state, context);
  for (const path of sources) {
    const last = actions.at(-1);
    const remote = instruction.kind === 'ADD' ? await remoteAction(path, instruction, checksum, context) : undefined;
    if (remote !== undefined) actions.push(remote);
    else if (last?.kind === kind) actions[actions.length - 1] = { ...last, paths: [...last.paths, path] };
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

async function remoteAction(
  path: string,
  { keepGitDir = false, unpack }: AddInstruction,
  demanded: string | undefined,
  { admitUrl }: StageContext,
): Promise<FileAction | undefined> {
  if (!isRemotePlace(path)) return undefined;
  const { url, checksum } = (await admitUrl?.(path, demanded)) ?? { url: path, checksum: demanded };
  if (parseGitUrl(url) !== undefined) return { kind: 'git', url, keepGitDir, checksum };
  return { kind: 'http', url, checksum, unpack: unpack === true };
}

function checksumOf(
  instruction: CopyInstruction | AddInstruction,
  sources: readonly string[],
  state: StageState,
  context: StageContext,
): string | undefined {
  if (instruction.kind === 'COPY' || instruction.checksum === undefined) return undefined;
  if (sources.every(isRemotePlace)) return context.expander.expand(instruction.checksum, state.env, instruction);
  throw new DockerfileError('ERR_TSBUILD_DOCKERFILE_SYNTAX', 'checksum requires HTTP(S) or Git sources', {
    range: instruction.range,
    source: context.source,
    hint: 'files of the build context need no checksum: remove the flag',
  });
}
