/**
 * The page's own script: a tree of the files of each layer and of all together. It is put into the page as it is, so it
 * imports nothing. Rows are drawn only where they can be seen: 50,000 files scroll like fifty.
 */

/** See file-data.ts. */
type FileData = [string, string, number?, number?, string?, string?, FileData[]?];

interface FileItem {
  readonly name: string;
  kind: string;
  /** Bytes, of a folder with everything in it. */
  size: number;
  mode: number;
  owner: string;
  link: string;
  /** A later layer replaces or deletes it. */
  isHidden: boolean;
  readonly children: Map<string, FileItem>;
}

interface Row {
  readonly item: FileItem;
  readonly label: string;
  readonly level: number;
  /** Among its siblings, from 1. */
  readonly position: number;
  readonly siblings: number;
}

const ROW_HEIGHT = 22;
const MORE_ROWS = 6;

function readItem(data: FileData): FileItem {
  const [name, kind, size = 0, mode = 0, owner = '', link = '', children = []] = data;
  const items = new Map(children.map((child): [string, FileItem] => [child[0], readItem(child)]));
  return { name, kind, size: kind === 'h' ? 0 : size, mode, owner, link, isHidden: false, children: items };
}

/** Marks what the layers above hide: deleted, in a folder that was emptied, or there again. */
function markHidden(below: FileItem, above: FileItem): void {
  for (const [name, item] of above.children) {
    const hidden = below.children.get(name);
    if (hidden === undefined) continue;
    const isMerged = isFolder(item) && isFolder(hidden);
    if (!isMerged || item.kind === 'o') hideAll(hidden, isMerged);
    else markHidden(hidden, item);
  }
}

function hideAll(item: FileItem, staysItself: boolean): void {
  item.isHidden = !staysItself;
  for (const child of item.children.values()) hideAll(child, false);
}

/** Lays a layer over what is below it. */
function layOver(target: FileItem, layer: FileItem): void {
  for (const [name, item] of layer.children) {
    const before = target.children.get(name);
    if (item.kind === 'w') target.children.delete(name);
    else if (isFolder(item)) {
      const isMerged = before !== undefined && isFolder(before) && item.kind !== 'o';
      const merged = {
        ...item,
        kind: 'd',
        isHidden: false,
        children: isMerged ? before.children : new Map<string, FileItem>(),
      };
      target.children.set(name, merged);
      layOver(merged, item);
    } else target.children.set(name, { ...item, isHidden: false });
  }
}

function isFolder({ kind }: FileItem): boolean {
  return kind === 'd' || kind === 'o';
}

function addSizes(item: FileItem): number {
  if (isFolder(item)) item.size = [...item.children.values()].reduce((sum, child) => sum + addSizes(child), 0);
  return item.kind === 'w' ? 0 : item.size;
}

function sortedChildren({ children }: FileItem): FileItem[] {
  return [...children.values()].sort((a, b) => Number(isFolder(b)) - Number(isFolder(a)) || (a.name < b.name ? -1 : 1));
}

function childRows(parent: FileItem, level: number): Row[] {
  const children = sortedChildren(parent);
  return children.map((item, at) => ({ item, label: item.name, level, position: at + 1, siblings: children.length }));
}

function matchingRows(root: FileItem, text: string): Row[] {
  const found: { item: FileItem; label: string }[] = [];
  const visit = (parent: FileItem, prefix: string): void => {
    for (const item of sortedChildren(parent)) {
      const label = prefix + item.name;
      if (label.toLowerCase().includes(text)) found.push({ item, label });
      visit(item, `${label}/`);
    }
  };
  visit(root, '');
  return found.map((each, at) => ({ ...each, level: 0, position: at + 1, siblings: found.length }));
}

function sizeText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toPrecision(2)} ${units[unit]}`;
}

const LETTERS: Readonly<Record<string, string>> = { d: 'd', o: 'd', l: 'l', c: 'c', b: 'b', p: 'p' };

function modeText({ kind, mode }: FileItem): string {
  if (kind === 'w') return 'deleted';
  const bits = Array.from('rwxrwxrwx', (letter, at) => ((mode >> (8 - at)) & 1 ? letter : '-'));
  if (mode & 0o4000) bits[2] = bits[2] === 'x' ? 's' : 'S';
  if (mode & 0o2000) bits[5] = bits[5] === 'x' ? 's' : 'S';
  if (mode & 0o1000) bits[8] = bits[8] === 'x' ? 't' : 'T';
  return (LETTERS[kind] ?? '-') + bits.join('');
}

/** A list of rows that can be unfolded, drawn where it is seen. */
class TreeView {
  readonly element = document.createElement('div');
  readonly #room = document.createElement('div');
  readonly #id: string;
  #rows: Row[] = [];
  #open = new Set<FileItem>();
  #selected = 0;

  constructor(id: string, label: string) {
    this.#id = id;
    this.element.className = 'tree';
    this.element.tabIndex = 0;
    this.element.setAttribute('role', 'tree');
    this.element.setAttribute('aria-label', label);
    this.element.append(this.#room);
    this.element.addEventListener('scroll', () => requestAnimationFrame(() => this.#draw()), { passive: true });
    this.element.addEventListener('keydown', (event) => this.#onKey(event));
    this.element.addEventListener('click', (event) => this.#onClick(event));
    new ResizeObserver(() => this.#draw()).observe(this.element);
  }

  show(rows: Row[]): void {
    this.#rows = rows;
    this.#open = new Set();
    this.#selected = 0;
    this.element.scrollTop = 0;
    this.#draw();
  }

  #draw(): void {
    const { scrollTop, clientHeight } = this.element;
    const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - MORE_ROWS);
    const last = Math.min(this.#rows.length, Math.ceil((scrollTop + clientHeight) / ROW_HEIGHT) + MORE_ROWS);
    this.#room.style.height = `${this.#rows.length * ROW_HEIGHT}px`;
    this.element.style.setProperty('--rows', String(this.#rows.length));
    this.#room.replaceChildren(...this.#rows.slice(first, last).map((row, at) => this.#rowElement(row, first + at)));
    const isDrawn = this.#selected >= first && this.#selected < last && this.#rows.length > 0;
    if (isDrawn) this.element.setAttribute('aria-activedescendant', `${this.#id}-${this.#selected}`);
    else this.element.removeAttribute('aria-activedescendant');
  }

  #rowElement(row: Row, index: number): HTMLElement {
    const { item, label, level } = row;
    const element = document.createElement('div');
    element.className = `row${item.kind === 'w' ? ' gone' : item.isHidden ? ' hidden' : ''}`;
    element.id = `${this.#id}-${index}`;
    element.style.top = `${index * ROW_HEIGHT}px`;
    element.style.setProperty('--level', String(level));
    element.setAttribute('role', 'treeitem');
    element.setAttribute('aria-level', String(level + 1));
    element.setAttribute('aria-posinset', String(row.position));
    element.setAttribute('aria-setsize', String(row.siblings));
    element.setAttribute('aria-selected', String(index === this.#selected));
    const isParent = item.children.size > 0;
    if (isParent) element.setAttribute('aria-expanded', String(this.#open.has(item)));
    const sign = isParent ? (this.#open.has(item) ? '▾ ' : '▸ ') : '  ';
    const link = item.link === '' ? '' : ` ${item.kind === 'h' ? '=' : '→'} ${item.link}`;
    const texts = [
      `${sign}${label}${isFolder(item) ? '/' : ''}${link}`,
      sizeText(item.size),
      modeText(item),
      item.owner,
    ];
    for (const text of texts) element.append(Object.assign(document.createElement('span'), { textContent: text }));
    element.title = item.isHidden ? `${label}: hidden by a later layer` : label;
    return element;
  }

  #toggle(index: number, open: boolean): void {
    const row = this.#rows[index];
    if (row === undefined || row.item.children.size === 0 || this.#open.has(row.item) === open) return;
    if (open) {
      this.#open.add(row.item);
      const children = childRows(row.item, row.level + 1);
      this.#rows = [...this.#rows.slice(0, index + 1), ...children, ...this.#rows.slice(index + 1)];
      return;
    }
    let end = index + 1;
    for (let next = this.#rows[end]; next !== undefined && next.level > row.level; next = this.#rows[end]) {
      this.#open.delete(next.item);
      end += 1;
    }
    this.#open.delete(row.item);
    this.#rows = this.#rows.toSpliced(index + 1, end - index - 1);
  }

  #select(index: number): void {
    this.#selected = Math.max(0, Math.min(this.#rows.length - 1, index));
    const top = this.#selected * ROW_HEIGHT;
    const { scrollTop, clientHeight } = this.element;
    if (top < scrollTop) this.element.scrollTop = top;
    else if (top + ROW_HEIGHT > scrollTop + clientHeight) this.element.scrollTop = top + ROW_HEIGHT - clientHeight;
  }

  #parentOf(index: number): number {
    const level = this.#rows[index]?.level ?? 0;
    return Math.max(
      0,
      this.#rows.findLastIndex((row, at) => at < index && row.level < level),
    );
  }

  #onKey(event: KeyboardEvent): void {
    const at = this.#selected;
    const row = this.#rows[at];
    const page = Math.floor(this.element.clientHeight / ROW_HEIGHT) - 1;
    const isOpen = row !== undefined && this.#open.has(row.item);
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => this.#select(at + 1),
      ArrowUp: () => this.#select(at - 1),
      PageDown: () => this.#select(at + page),
      PageUp: () => this.#select(at - page),
      Home: () => this.#select(0),
      End: () => this.#select(this.#rows.length - 1),
      ArrowRight: () => (isOpen ? this.#select(at + 1) : this.#toggle(at, true)),
      ArrowLeft: () => (isOpen ? this.#toggle(at, false) : this.#select(this.#parentOf(at))),
      Enter: () => this.#toggle(at, !isOpen),
      ' ': () => this.#toggle(at, !isOpen),
    };
    const move = event.ctrlKey || event.metaKey || event.altKey ? undefined : moves[event.key];
    if (move === undefined) return;
    event.preventDefault();
    move();
    this.#draw();
  }

  #onClick(event: MouseEvent): void {
    const element = event.target instanceof Element ? event.target.closest('.row') : null;
    if (element === null) return;
    const index = Number(element.id.slice(this.#id.length + 1));
    const item = this.#rows[index]?.item;
    if (item === undefined) return;
    this.#select(index);
    this.#toggle(index, !this.#open.has(item));
    this.#draw();
  }
}

function emptyFolder(children = new Map<string, FileItem>()): FileItem {
  return { name: '', kind: 'd', size: 0, mode: 0o755, owner: '0:0', link: '', isHidden: false, children };
}

/** The layers of an image, bottom first, each with what later ones hide of it. */
function readLayers(image: string): FileItem[] {
  const scripts = document.querySelectorAll(`script.layer-files[data-image="${image}"]`);
  const layers = Array.from(scripts, (script) => {
    const data: FileData[] = JSON.parse(script.textContent ?? '[]');
    return emptyFolder(new Map(data.map((entry) => [entry[0], readItem(entry)])));
  });
  for (const [at, layer] of layers.entries()) {
    for (const above of layers.slice(at + 1)) markHidden(layer, above);
    addSizes(layer);
  }
  return layers;
}

function merged(layers: readonly FileItem[]): FileItem {
  const root = emptyFolder();
  for (const layer of layers) layOver(root, layer);
  addSizes(root);
  return root;
}

function openBrowser(place: HTMLElement): void {
  const image = place.dataset.image ?? '0';
  const layers = readLayers(image);
  const views = [{ name: 'All layers together', root: merged(layers) }];
  for (const [at, root] of layers.entries()) views.push({ name: `Layer ${at + 1}`, root });
  const choice = document.createElement('select');
  choice.append(...views.map(({ name }, at) => new Option(name, String(at))));
  const filter = Object.assign(document.createElement('input'), { type: 'search', placeholder: 'path contains…' });
  const count = Object.assign(document.createElement('span'), { className: 'quiet' });
  count.setAttribute('role', 'status');
  const tree = new TreeView(`files-${image}`, 'Files');
  const update = (): void => {
    const root = views[Number(choice.value)]?.root ?? emptyFolder();
    const text = filter.value.trim().toLowerCase();
    const rows = text === '' ? childRows(root, 0) : matchingRows(root, text);
    tree.show(rows);
    count.textContent = text === '' ? sizeText(root.size) : `${rows.length} found`;
  };
  choice.addEventListener('change', update);
  filter.addEventListener('input', update);
  const bar = Object.assign(document.createElement('div'), { className: 'views' });
  bar.append(labelled('Files of ', choice), labelled('Filter ', filter), count);
  place.replaceChildren(bar, tree.element);
  update();
}

function labelled(text: string, control: HTMLElement): HTMLLabelElement {
  const label = document.createElement('label');
  label.append(text, control);
  return label;
}

for (const place of document.querySelectorAll<HTMLElement>('.files')) openBrowser(place);
