import { type BuildEvent, digestOf, type StepId } from '@tsbuild/core';
import { isStepEvent, type StepEvent } from './step-event.ts';
import type { ProgressView, Write } from './view.ts';

type EventOf<Type extends BuildEvent['type']> = Extract<BuildEvent, { readonly type: Type }>;

/**
 * One JSON object a line, as `docker buildx build --progress=rawjson` writes them (BuildKit's SolveStatus), with
 * `tsbuild.because` added to a vertex that ran, and `tsbuild.from` to one that a shared cache had. Steps are named by a digest of their id.
 */
export function createRawJsonProgress(write: Write): ProgressView {
  const vertexes = new Map<StepId, Record<string, unknown>>();
  const transferStarts = new Map<string, number>();

  function vertexOf(event: EventOf<'step-defined' | 'step-started' | 'step-finished'>): object {
    const vertex = vertexes.get(event.step) ?? { digest: vertexDigest(event.step) };
    Object.assign(vertex, changes(event, vertex));
    vertexes.set(event.step, vertex);
    return { vertexes: [vertex] };
  }

  function statusOf({ step, item, current, total, isDone, time }: EventOf<'step-progress'>): object {
    const key = `${step}\0${item}`;
    const started = transferStarts.get(key) ?? time;
    transferStarts.set(key, started);
    const status = {
      id: item,
      vertex: vertexDigest(step),
      total,
      current,
      timestamp: timestamp(time),
      started: timestamp(started),
      completed: isDone ? timestamp(time) : undefined,
    };
    return { statuses: [status] };
  }

  function statusLine(event: StepEvent): object {
    if (event.type === 'step-log') return logOf(event);
    return event.type === 'step-progress' ? statusOf(event) : vertexOf(event);
  }

  return {
    onEvent(event) {
      if (isStepEvent(event)) write(`${JSON.stringify(statusLine(event))}\n`);
      else if (event.type === 'warning') write(`${JSON.stringify(warningOf(event))}\n`);
    },
    tick() {},
    close() {},
  };
}

function changes(event: EventOf<'step-defined' | 'step-started' | 'step-finished'>, vertex: object): object {
  const time = timestamp(event.time);
  if (event.type === 'step-defined') return { inputs: event.inputs.map(vertexDigest), name: event.name };
  if (event.type === 'step-started') return { started: time };
  return {
    started: 'started' in vertex ? vertex.started : time,
    completed: time,
    cached: event.status === 'cached' ? true : undefined,
    error: event.status === 'cancelled' ? 'context canceled' : event.error,
    'tsbuild.because': event.because,
    'tsbuild.from': event.from,
  };
}

function logOf({ step, stream, bytes, time }: EventOf<'step-log'>): object {
  const data = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
  return {
    logs: [{ vertex: vertexDigest(step), stream: stream === 'stdout' ? 1 : 2, data, timestamp: timestamp(time) }],
  };
}

function warningOf({ warning: { rule, message, url, range } }: EventOf<'warning'>): object {
  const place = range === undefined ? '' : ` (line ${range.start.line})`;
  const short = Buffer.from(`${rule}: ${message}${place}`).toString('base64');
  const lines =
    range === undefined ? undefined : [{ start: { line: range.start.line }, end: { line: range.end.line } }];
  return { warnings: [{ level: 1, short, url, range: lines }] };
}

function vertexDigest(step: StepId): string {
  return digestOf(step);
}

function timestamp(time: number): string {
  return new Date(time).toISOString();
}
