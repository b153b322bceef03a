import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { LayerEntry } from '@tsbuild/core';
import { type ReportBuild, renderReport } from '@tsbuild/report';
import { type Browser, chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { mustTsbuild, tsbuild } from '../support/tsbuild.ts';

const withBrowser = testWith('chromium', 'root');

let folder: TempFolder;
let browser: Browser | undefined;

beforeAll(async () => {
  folder = await openTempFolder();
  if (hasPart('chromium'))
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
});

afterAll(async () => {
  await browser?.close();
  await folder[Symbol.asyncDispose]();
});

/** Opens a page from its file; whatever it logs or fails at is kept. */
async function open(path: string, colorScheme: 'light' | 'dark' = 'light') {
  if (browser === undefined) throw new Error('a test with a browser has one');
  const page = await browser.newPage({ colorScheme, viewport: { width: 1200, height: 900 } });
  const problems: string[] = [];
  page.on('pageerror', (error) => problems.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  page.on('request', (request) => {
    if (!request.url().startsWith('file:')) problems.push(`asked for ${request.url()}`);
  });
  await page.goto(pathToFileURL(path).href);
  return { page, problems };
}

function rows(page: Page) {
  return page.getByRole('treeitem').allTextContents();
}

describe('the page of a real build', () => {
  withBrowser('shows steps, reasons, warnings, logs, layers and files, and asks for nothing', async () => {
    const context = folder.file('context');
    await mkdir(join(context, 'src'), { recursive: true });
    await writeFile(join(context, 'src/a.js'), 'one');
    await writeFile(join(context, 'b.txt'), '<script>document.title = "broken"</script>');
    await writeFile(
      join(context, 'Dockerfile'),
      'FROM scratch as base\nCOPY src /src\nFROM base\nCOPY b.txt /src/a.js\nLABEL x="</script><script>alert(1)</script>"\n',
    );
    const store = folder.file('store');
    await mustTsbuild(store, ['build', '-q', context]);
    await writeFile(join(context, 'b.txt'), 'two');
    const report = folder.file('report.html');

    await mustTsbuild(store, ['build', '--report', report, '-t', 'localhost/app:1', context]);
    const { page, problems } = await open(report);

    expect(await page.title()).toBe('localhost/app:1: build report');
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('localhost/app:1');
    expect(await page.getByRole('status').first().textContent()).toMatch(
      /^The build succeeded after [\d.]+ s: \d+ steps ran, \d+ were cached\.$/,
    );
    const step = page.getByRole('row', { name: 'COPY b.txt /src/a.js' });
    expect(await step.first().textContent()).toContain('b.txt changed');
    expect(await page.locator('#line-1').textContent()).toContain(
      "Warning FromAsCasing: 'as' and 'FROM' keywords' casing do not match",
    );
    expect(await page.locator('#line-4 .badge').textContent()).toBe('ran');
    expect(await rows(page)).toEqual([expect.stringContaining('▸ src/')]);
    await page.getByLabel('Files of').selectOption('Layer 1');
    await page.getByRole('treeitem', { name: /src\// }).click();
    expect(await page.locator('.row.hidden').textContent()).toContain('a.js');
    expect(problems).toEqual([]);
    await page.close();
  });

  withBrowser('a failed build has its page too, and builds open makes that of a past one', async () => {
    const context = folder.file('failing');
    await mkdir(context);
    await writeFile(join(context, 'Dockerfile'), 'FROM scratch\nCOPY missing /\n');
    const report = folder.file('failed.html');
    const store = folder.file('store-2');

    expect((await tsbuild(store, ['build', '--report', report, context])).exitCode).toBe(1);
    const again = folder.file('again.html');
    expect((await mustTsbuild(store, ['builds', 'open', '-o', again])).stdout).toBe(`${again}\n`);

    for (const path of [report, again]) {
      const { page, problems } = await open(path, 'dark');
      expect(await page.getByRole('status').first().textContent()).toMatch(/^The build failed/);
      expect(await page.locator('#line-2 .badge').textContent()).toBe('failed');
      expect(await page.locator('header .error').textContent()).toContain('"/missing" not found');
      expect(problems).toEqual([]);
      await page.close();
    }
  });
});

describe('the page of a large build', () => {
  const many = 50_000;

  function* manyFiles(): Generator<LayerEntry> {
    const about = { mode: 0o644, uid: 0, gid: 0, mtime: 0 };
    yield { path: 'data', type: 'directory', ...about, mode: 0o755, size: 0 };
    for (let n = 0; n < many; n++)
      yield { path: `data/file-${String(n).padStart(5, '0')}`, type: 'file', size: 10, ...about };
  }

  const build: ReportBuild = {
    title: 'large',
    status: 'succeeded',
    startedAt: Date.UTC(2026, 0, 2),
    durationMs: 3_000,
    platform: 'linux/amd64',
    target: '',
    steps: [
      {
        id: 'a',
        name: '[one 1/1] RUN a',
        status: 'ran',
        startMs: 0,
        durationMs: 1_000,
        inputs: [],
        log: '\x1b[31mred\x1b[0m\r\n10%\r100%\n',
      },
      { id: 'b', name: '[two 1/1] RUN b', status: 'ran', startMs: 0, durationMs: 2_000, inputs: [] },
      { id: 'c', name: '[all 1/1] COPY', status: 'ran', startMs: 2_000, durationMs: 1_000, inputs: ['a', 'b'] },
    ],
    warnings: [],
    images: [
      {
        platform: 'linux/amd64',
        id: 'sha256:0',
        config: { architecture: 'amd64', os: 'linux', rootfs: { type: 'layers', diff_ids: [] } },
        layers: [
          {
            diffId: 'sha256:1',
            size: 10 * many,
            hidden: 0,
            createdBy: 'COPY',
            entries: { [Symbol.iterator]: manyFiles },
          },
        ],
      },
    ],
    outputs: [],
  };

  async function write(): Promise<string> {
    const path = folder.file('large.html');
    await writeFile(path, renderReport(build));
    return path;
  }

  withBrowser('50,000 files in one folder are walked through by keyboard, and few of them are drawn', async () => {
    const { page, problems } = await open(await write());
    const tree = page.getByRole('tree', { name: 'Files' });

    await tree.focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('End');
    const selected = page.getByRole('treeitem', { selected: true });
    expect(await selected.textContent()).toContain('file-49999');
    expect(await selected.getAttribute('aria-posinset')).toBe('50000');
    expect(await tree.getAttribute('aria-activedescendant')).toBe(await selected.getAttribute('id'));
    expect(await page.getByRole('treeitem').count()).toBeLessThan(60);
    await page.keyboard.press('ArrowLeft');
    expect(await selected.textContent()).toContain('data/');
    await page.keyboard.press('ArrowLeft');
    expect(await rows(page)).toHaveLength(1);

    await page.getByLabel('Filter').fill('FILE-4999');
    expect(await page.locator('.views [role=status]').textContent()).toBe('10 found');
    expect((await rows(page))[9]).toContain('data/file-49999');
    expect(problems).toEqual([]);
    await page.close();
  });

  withBrowser('bars lie in lanes over the time of the build, and the critical path is named', async () => {
    const { page } = await open(await write());
    const boxes = await Promise.all(
      ['a', 'b', 'c'].map(
        async (id) => (await page.locator(`.bar[href="#step-${id}"]`).boundingBox()) ?? { x: 0, y: 0, width: 0 },
      ),
    );
    const [a, b, c] = boxes;
    const width = (await page.locator('.lanes').boundingBox())?.width ?? 0;

    expect(a?.y).toBe(c?.y);
    expect(b?.y).toBeGreaterThan(a?.y ?? 0);
    expect(b?.width).toBeCloseTo((width * 2) / 3, 0);
    expect(c?.x).toBeCloseTo((b?.x ?? 0) + (b?.width ?? 0), 0);
    expect(
      await page.locator('.bar.critical').evaluateAll((bars) => bars.map((bar) => bar.getAttribute('href'))),
    ).toEqual(['#step-b', '#step-c']);
    expect(await page.locator('#step-a pre').textContent()).toBe('red\n100%\n');
    await page.close();
  });

  withBrowser('text stands out from its ground in light and dark', async () => {
    for (const scheme of ['light', 'dark'] as const) {
      const { page } = await open(await write(), scheme);
      const style = (name: string) => page.evaluate<string>(`getComputedStyle(document.body)['${name}']`);
      const contrast = contrastOf(await style('color'), await style('background-color'));
      expect(contrast).toBeGreaterThan(7);
      await page.close();
    }
  });
});

/** @see https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
function contrastOf(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = Array.from(color.matchAll(/\d+/g), ([digits]) => {
    const value = Number(digits) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
