import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const CASES = new URL('cases/', import.meta.url);

/** One file of a build context, as README.md describes it. */
export interface CaseFile {
  readonly path: string;
  readonly content?: string;
  readonly contentBase64?: string;
  readonly symlink?: string;
  readonly dir?: boolean;
  readonly hardlink?: string;
  readonly fifo?: boolean;
  readonly mode?: string;
  readonly uid?: number;
  readonly gid?: number;
  readonly xattrs?: Readonly<Record<string, string>>;
}

export interface HttpAnswer {
  readonly path: string;
  readonly content?: string;
  readonly contentBase64?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface CaseOptions {
  readonly buildArgs?: Readonly<Record<string, string>>;
  readonly target?: string;
  readonly platform?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly secrets?: Readonly<Record<string, string>>;
  readonly contexts?: Readonly<Record<string, readonly CaseFile[]>>;
  readonly addHosts?: readonly string[];
  readonly networkMode?: 'none' | 'host';
}

/** One path of the expected tree. */
export interface ExpectedEntry {
  readonly type: 'file' | 'dir' | 'symlink' | 'fifo' | 'char' | 'block';
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
  readonly size?: number;
  readonly content?: string;
  readonly sha256?: string;
  readonly link?: string;
  readonly hardlinkTo?: string;
  readonly major?: number;
  readonly minor?: number;
  readonly xattrs?: Readonly<Record<string, string>>;
}

export interface ExpectedImage {
  readonly base: 'busybox' | 'scratch';
  readonly platform: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly tree: Readonly<Record<string, ExpectedEntry>>;
  readonly removed: readonly string[];
  readonly nonEmptyLayers: number;
  readonly historyEmptyFlags: readonly boolean[];
  readonly historyCreatedBy: readonly string[];
}

export interface ExpectedError {
  readonly contains: readonly string[];
  readonly line?: number;
  readonly lineEnd?: number;
}

export interface ConformanceCase {
  readonly name: string;
  readonly about: string;
  /** It has a RUN. */
  readonly needsRun: boolean;
  readonly dockerfile?: string;
  readonly dockerfileName?: string;
  readonly dockerignore?: string;
  readonly files?: readonly CaseFile[];
  readonly http?: readonly HttpAnswer[];
  readonly options?: CaseOptions;
  /** The line of the error does not matter. */
  readonly anyLine?: boolean;
  readonly quirk?: string;
  readonly expected: ExpectedImage | { readonly error: ExpectedError };
}

/** The bytes of a file or of an answer. */
export function contentOf({ content, contentBase64 }: Pick<CaseFile, 'content' | 'contentBase64'>): Buffer {
  return contentBase64 === undefined ? Buffer.from(content ?? '') : Buffer.from(contentBase64, 'base64');
}

/** Every case, in the order of the names. */
export async function loadCases(): Promise<ConformanceCase[]> {
  const names = (await readdir(CASES)).filter((name) => name.endsWith('.json')).sort();
  return Promise.all(names.map(loadCase));
}

async function loadCase(name: string): Promise<ConformanceCase> {
  return JSON.parse(await readFile(fileURLToPath(new URL(name, CASES)), 'utf8'));
}

/** Names of the cases that are known to fail. The list only shrinks: a case in it that passes is an error. */
export async function loadPending(): Promise<ReadonlySet<string>> {
  return new Set(await loadJson('pending.json'));
}

/** Names of the cases that no ordinary user can build. Beside each the file says why. */
export async function loadNeedsRoot(): Promise<ReadonlySet<string>> {
  return new Set(Object.keys(await loadJson('needs-root.json')));
}

async function loadJson(name: string) {
  return JSON.parse(await readFile(fileURLToPath(new URL(name, import.meta.url)), 'utf8'));
}
