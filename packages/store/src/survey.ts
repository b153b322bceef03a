import { type DiffId, type Digest, digestFromHex, digestHex, toDiffId } from '@tsbuild/core';
import { bytesBelow } from './folder-usage.ts';
import type { FolderLayerRecords, LayerForm } from './layer-records.ts';
import { protectedSince } from './lease-folders.ts';
import { reachableFrom } from './reachable.ts';
import type { References } from './references.ts';
import type { StoreFolder } from './store-folder.ts';
import { lookAt } from './system-errors.ts';

/**
 * What an entry is: a blob that a named `image` leads to, a `layer` (its record, tree and tar), a `form` in which images carry a
 * layer, any other `blob`, a cache `record` with its ingredients, a `lineage`, a `memo` of files outside, or an entry of a folder
 * of the engine.
 */
export type StoreEntryKind =
  | 'image'
  | 'layer'
  | 'form'
  | 'blob'
  | 'record'
  | 'lineage'
  | 'memo'
  | 'snapshot'
  | 'mount'
  | 'build';

/** One thing in the store, as `du` lists it; kept or collected as a whole. */
export interface StoreEntry {
  readonly kind: StoreEntryKind;
  /** Digest, diffId, key, or the path below the folder of the engine. */
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastUsed: number;
  /** A named image needs it, or a build that is running uses it, or it was used just now. Never collected. */
  readonly isInUse: boolean;
  /** Can be made again from another entry without running anything. Collected first. */
  readonly isDerived: boolean;
}

/** An entry and the files and folders that it consists of. */
export interface SurveyedEntry extends StoreEntry {
  readonly paths: readonly string[];
}

export interface Surveyor {
  readonly folder: StoreFolder;
  readonly layers: FolderLayerRecords;
  readonly references: References;
}

const HEX = /^[0-9a-f]{64}$/;

/** Everything in the store, without marking anything as used. Foreign files are left out. */
export async function survey(store: Surveyor, signal?: AbortSignal): Promise<SurveyedEntry[]> {
  const since = protectedSince(store.folder.path('tmp'));
  const named = await store.references.list();
  const images = reachableFrom(
    store.folder,
    named.map(({ descriptor }) => descriptor),
  );
  const found = new Finder(store.folder, since, images);
  return [
    ...found.blobs(layerFormsOf(store)),
    ...found.fanOut('record', ['cache', 'ingredients']),
    ...found.fanOut('lineage', ['lineage']),
    ...found.files('memo', 'memo'),
    ...(await found.folders('snapshot', 'snapshots', 2, signal)),
    ...(await found.folders('mount', 'mounts', 1, signal)),
    ...(await found.folders('build', 'builds', 1, signal)),
  ];
}

type FormsByLayer = ReadonlyMap<DiffId, readonly LayerForm[]>;

function layerFormsOf({ folder, layers }: Surveyor): FormsByLayer {
  const names = new Set([...folder.names('layers'), ...folder.names('trees')].filter((name) => HEX.test(name)));
  const diffIds = [...names].map((name) => toDiffId(digestFromHex(name)));
  return new Map(diffIds.map((diffId) => [diffId, layers.peek(diffId)?.forms ?? []]));
}

class Finder {
  readonly #folder: StoreFolder;
  readonly #since: number;
  readonly #images: ReadonlySet<Digest>;

  constructor(folder: StoreFolder, since: number, images: ReadonlySet<Digest>) {
    this.#folder = folder;
    this.#since = since;
    this.#images = images;
  }

  blobs(layers: FormsByLayer): SurveyedEntry[] {
    const names = this.#folder.names('blobs', 'sha256').filter((name) => HEX.test(name));
    const present = new Set(names.map((name) => digestFromHex(name)));
    const forms = new Map(
      [...layers].flatMap(([diffId, list]) => list.map((form) => [form.digest, { form, diffId }] as const)),
    );
    const found: (SurveyedEntry | undefined)[] = [];
    for (const [diffId, list] of layers) {
      const canUnpack = list.some(
        ({ level, digest }) => level === undefined && digest !== diffId && present.has(digest),
      );
      found.push(
        this.#entry(
          'layer',
          diffId,
          ['layers', 'trees', 'blobs/sha256'].map((kind) => `${kind}/${digestHex(diffId)}`),
          canUnpack,
        ),
      );
    }
    for (const digest of present) {
      if (layers.has(toDiffId(digest))) continue;
      const paths = [`blobs/sha256/${digestHex(digest)}`];
      const known = forms.get(digest);
      const kind = this.#images.has(digest) ? 'image' : known === undefined ? 'blob' : 'form';
      found.push(this.#entry(kind, digest, paths, known?.form.level !== undefined && present.has(known.diffId)));
    }
    return found.flatMap((entry) => entry ?? []);
  }

  /** Entries of the folders `kinds`, each spread over 256 folders, that have the same name. */
  fanOut(kind: StoreEntryKind, kinds: readonly string[]): SurveyedEntry[] {
    const names = new Set(
      kinds.flatMap((each) =>
        this.#folder.names(each).flatMap((two) => this.#folder.names(each, two).filter((name) => HEX.test(name))),
      ),
    );
    return [...names].flatMap((name) => {
      const paths = kinds.map((each) => `${each}/${name.slice(0, 2)}/${name}`);
      return this.#entry(kind, digestFromHex(name), paths, false) ?? [];
    });
  }

  files(kind: StoreEntryKind, folder: string): SurveyedEntry[] {
    return this.#folder.names(folder).flatMap((name) => this.#entry(kind, name, [`${folder}/${name}`], false) ?? []);
  }

  async folders(kind: StoreEntryKind, folder: string, depth: number, signal?: AbortSignal): Promise<SurveyedEntry[]> {
    let ids = this.#folder.names(folder);
    for (let level = 1; level < depth; level += 1) {
      ids = ids.flatMap((id) => this.#folder.names(folder, id).map((name) => `${id}/${name}`));
    }
    const found: SurveyedEntry[] = [];
    for (const id of ids) {
      const entry = this.#entry(kind, id, [`${folder}/${id}`], kind === 'snapshot');
      if (entry !== undefined) found.push({ ...entry, size: await bytesBelow(this.#folder.path(folder, id), signal) });
    }
    return found;
  }

  /** Undefined when nothing of it is there any more. */
  #entry(kind: StoreEntryKind, id: string, names: readonly string[], isDerived: boolean): SurveyedEntry | undefined {
    const paths = names.map((name) => this.#folder.path(name));
    const stats = paths.flatMap((path) => lookAt(path) ?? []);
    if (stats.length === 0) return undefined;
    const lastUsed = Math.max(...stats.map(({ mtimeMs }) => mtimeMs));
    const isInUse = lastUsed >= this.#since || this.#images.has(id as Digest);
    return { kind, id, size: sum(stats.map(({ size }) => size)), lastUsed, isInUse, isDerived, paths };
  }
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
