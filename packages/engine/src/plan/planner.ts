import type { ExecVertex, FileVertex, StepInfo, Vertex } from '../graph.ts';
import { EMPTY_ROOT, extendChain, type Solved } from '../solve/chain.ts';
import { execIngredients, execKey, explainExecMiss } from '../solve/exec-key.ts';
import { prepareMounts } from '../solve/exec-mounts.ts';
import { findRecord, findUnread } from '../solve/exec-records.ts';
import { fileInputs } from '../solve/file-inputs.ts';
import { fileStep, findUnread as findUnreadCopy } from '../solve/file-step.ts';
import { explainFileMiss, type FileStep, type FoundVariant, findVariant, isRecorded } from '../solve/file-variants.ts';
import type { SolveContext } from '../solve/solve-context.ts';
import { imageRoot, inputsOf } from '../solve/solver.ts';
import { workdirStep } from '../solve/workdir-step.ts';
import type { PlannedStep } from './plan-types.ts';
import type { PlannedLayers } from './planned-layers.ts';
import { forgetfulIngest } from './read-only-store.ts';
import { UnknownError } from './unknown-error.ts';

type Outcome = Omit<PlannedStep, 'name' | 'label'>;

export interface PlanContext extends Omit<SolveContext, 'solve'> {
  readonly layers: PlannedLayers;
}

export interface Planner {
  readonly solve: SolveContext['solve'];
  outcome(step: StepInfo): Outcome | undefined;
}

/** Asks the cache of each vertex, inputs first. What a COPY would write is found out; what a RUN would is not. */
export function createPlanner(outer: PlanContext): Planner {
  const solved = new Map<string, Promise<Solved>>();
  const outcomes = new Map<string, Outcome>();
  const context = { ...outer, solve };

  function solve(vertex: Vertex | undefined): Promise<Solved> {
    if (vertex === undefined) return Promise.resolve(EMPTY_ROOT);
    const known = solved.get(vertex.step.id);
    if (known !== undefined) return known;
    const promise = vertex.op === 'image' ? Promise.resolve(imageRoot(vertex)) : plan(vertex);
    promise.catch(() => undefined);
    solved.set(vertex.step.id, promise);
    return promise;
  }

  async function plan(vertex: Exclude<Vertex, { op: 'image' }>): Promise<Solved> {
    try {
      const inputs = Promise.all(inputsOf(vertex).map((input) => solve(input)));
      inputs.catch(() => undefined);
      const parent = await solve(vertex.parent).catch(async (error: unknown) => {
        await inputs;
        if (error instanceof UnknownError) await planWithoutRoot(vertex);
        throw error;
      });
      await inputs;
      return await planStep(vertex, parent);
    } catch (error) {
      if (error instanceof UnknownError && !outcomes.has(vertex.step.id))
        outcomes.set(vertex.step.id, { status: 'unknown', until: error.until });
      throw error;
    }
  }

  function planStep(vertex: Exclude<Vertex, { op: 'image' }>, parent: Solved): Promise<Solved> {
    switch (vertex.op) {
      case 'exec':
        return planExec(vertex, parent);
      case 'workdir':
        return planFile(workdirStep(vertex, parent));
      case 'file':
        if (isRemote(vertex)) throw new UnknownError('its source is downloaded');
        return planCopy(vertex, parent);
      default:
        return vertex satisfies never;
    }
  }

  /** What can be said of a step that lies on an unknown root: one whose sources are new, or that does not look at the root. */
  async function planWithoutRoot(vertex: Exclude<Vertex, { op: 'image' }>): Promise<void> {
    const { step } = vertex;
    if (step.noCache) outcomes.set(step.id, { status: 'would-run', because: { kind: 'no-cache' } });
    if (step.noCache || vertex.op === 'exec' || (vertex.op === 'file' && isRemote(vertex))) return;
    const file =
      vertex.op === 'workdir'
        ? workdirStep(vertex, EMPTY_ROOT)
        : fileStep(vertex, await fileInputs(vertex, context, false), EMPTY_ROOT, context);
    if (!file.asksDestination) await planFile(file);
    else if (!(await isRecorded(file, context))) {
      const because = await explainFileMiss(file, context);
      outcomes.set(step.id, { status: 'would-run', because });
    }
  }

  async function planCopy(vertex: FileVertex, parent: Solved): Promise<Solved> {
    const early = vertex.step.noCache ? undefined : await findUnreadCopy(vertex, parent, context);
    if (early !== undefined) return cachedCopy(early.file, early.found);
    return planFile(fileStep(vertex, await fileInputs(vertex, context, false), parent, context));
  }

  async function planExec(vertex: ExecVertex, { chain }: Solved): Promise<Solved> {
    const { step } = vertex;
    const early = step.noCache ? undefined : await findUnread(vertex, chain, context);
    if (early !== undefined) return cached(step, early.solved, early.from);
    const mounts = await prepareMounts(vertex, context);
    const key = execKey(vertex, chain, mounts);
    const found = step.noCache ? undefined : await findRecord(key, chain, context, step.ttl);
    if (found !== undefined) return cached(step, found.solved, found.from);
    const because = await explainExecMiss(vertex, key.key, execIngredients(vertex, chain, mounts), context);
    outcomes.set(step.id, { status: 'would-run', because });
    throw new UnknownError(`${step.name} runs`);
  }

  async function planFile(file: FileStep): Promise<Solved> {
    const { step, parent } = file;
    const found = step.noCache ? undefined : await findVariant(file, context);
    if (found !== undefined) return cachedCopy(file, found);
    const because = await explainFileMiss(file, context);
    outcomes.set(step.id, { status: 'would-run', because });
    const destination = file.asksDestination ? await context.layers.tree(parent.chain, context.signal) : undefined;
    const { layer } = await file.write(destination, forgetfulIngest());
    return { chain: extendChain(parent.chain, context.layers.add(layer)), created: undefined };
  }

  function cachedCopy({ step, parent }: FileStep, { variant, layer, from }: FoundVariant): Solved {
    return cached(step, { chain: extendChain(parent.chain, layer), created: variant.created }, from);
  }

  function cached({ id }: StepInfo, root: Solved, from: string | undefined): Solved {
    outcomes.set(id, { status: 'cached', ...(from === undefined ? {} : { from }) });
    return root;
  }

  return { solve, outcome: ({ id }) => outcomes.get(id) };
}

function isRemote({ actions }: FileVertex): boolean {
  return actions.some(({ kind }) => kind === 'http' || kind === 'git');
}
