import type { LayerEntry } from '@tsbuild/core';
import type { BuiltImage, ImageLayer } from '@tsbuild/engine';
import { formatBytes } from '../progress/bytes.ts';
import { table } from '../table.ts';
import { visible } from '../visible.ts';

/** The layers of an image with all that is in them, for programs. */
export async function filesAsJson(image: BuiltImage): Promise<object> {
  const layers = await image.layers();
  return {
    Id: image.id,
    Layers: layers.map(({ diffId, size, hidden, entryCount, entries }) => ({
      DiffId: diffId,
      Size: size,
      Hidden: hidden,
      Entries: entryCount,
      Files: [...entries()].map(fileAsJson),
    })),
  };
}

function fileAsJson(entry: LayerEntry): object {
  const Path = `/${entry.path}`;
  if (entry.type === 'whiteout') return { Path, Type: 'whiteout' };
  return {
    Path,
    Type: entry.type,
    Mode: octal(entry.mode),
    Uid: entry.uid,
    Gid: entry.gid,
    Size: entry.size,
    Digest: entry.digest,
    LinkTarget: entry.linkTarget,
    Hardlink: entry.hardlink === undefined ? undefined : `/${entry.hardlink}`,
    Opaque: entry.opaque,
  };
}

/** A line for each layer, then one for each of its entries. */
export async function filesAsText(name: string, image: BuiltImage): Promise<string> {
  const layers = await image.layers();
  const summary = table([['LAYER', 'DIFF ID', 'ENTRIES', 'SIZE', 'HIDDEN'], ...layers.map(summaryRow)]);
  const lists = layers.map((layer, at) => `\nlayer ${at + 1}\n${listing(layer)}`);
  return `${name} ${image.id}\n\n${summary}${lists.join('')}`;
}

function summaryRow({ diffId, size, hidden, entryCount }: ImageLayer, at: number): string[] {
  return [String(at + 1), diffId, String(entryCount), formatBytes(size), formatBytes(hidden)];
}

function listing({ entries }: ImageLayer): string {
  const lines = [line('MODE', 'OWNER', 'SIZE', 'PATH')];
  for (const entry of entries()) lines.push(fileLine(entry));
  return lines.join('');
}

const TYPE_LETTERS = { file: '-', directory: 'd', symlink: 'l', char: 'c', block: 'b', fifo: 'p' } as const;

function fileLine(entry: LayerEntry): string {
  if (entry.type === 'whiteout') return line('gone', '', '', shown(entry.path));
  const { type, mode, uid, gid, size } = entry;
  return line(`${TYPE_LETTERS[type]}${octal(mode)}`, `${uid}:${gid}`, String(size), shown(entry.path) + suffix(entry));
}

/** Fixed columns: a layer may have too many entries to measure first. */
function line(mode: string, owner: string, size: string, path: string): string {
  return `${mode.padEnd(5)}  ${owner.padEnd(11)}  ${size.padStart(11)}  ${path}\n`;
}

function suffix(entry: Exclude<LayerEntry, { type: 'whiteout' }>): string {
  if (entry.linkTarget !== undefined) return ` -> ${oneLine(entry.linkTarget)}`;
  if (entry.hardlink !== undefined) return ` = ${shown(entry.hardlink)}`;
  return entry.opaque === true ? ' (replaces the directory below)' : '';
}

function shown(path: string): string {
  return oneLine(`/${path}`);
}

function oneLine(text: string): string {
  return visible(text).replaceAll('\n', '\\n').replaceAll('\t', '\\t');
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
