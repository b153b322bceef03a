import { readdir } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { type Builder, createBuilder, listTargets } from '@tsbuild/engine';
import { afterAll, beforeAll, expect } from 'vitest';
import { saveBusybox } from '../support/busybox.ts';
import { hasPart, testWith } from '../support/parts.ts';
import { openTempFolder, type TempFolder } from '../support/temp-folder.ts';
import { treeFacts } from '../support/tree-facts.ts';

const CASES = fileURLToPath(new URL('../dockerfiles/', import.meta.url));
const BASE = 'localhost/base:1';
const PARTS = ['root', 'busybox'];

/** What stands in for the tools of the real images: each notes how it was called, and makes what its caller looks for. */
const TOOL = `#!/bin/sh -e
echo "$(basename "$0") $*" >> /tool.log 2>/dev/null || true
case "$(basename "$0") $*" in
  'npm ci'* | 'npm install' | 'pnpm install'*) mkdir -p node_modules; echo 1 > node_modules/.stamp ;;
  'npm install -g pnpm'*) ln -sf tool /bin/pnpm ;;
  *'run build') mkdir -p dist; echo built > dist/index.js ;;
  'go build'*) mkdir -p /out; echo "$GOOS/$GOARCH \${5#*=}" > /out/server ;;
  'pip wheel'*) mkdir -p /wheels; echo wheel > /wheels/flask.whl ;;
  'bundle install') mkdir -p "$BUNDLE_PATH/ruby/3/cache"; echo gem > "$BUNDLE_PATH/gem" ;;
  'adduser '*)
    for name; do :; done
    id=$(echo "$*" | sed -n 's/.*-u \\([0-9]*\\).*/\\1/p')
    echo "$name:x:\${id:-1000}:\${id:-1000}::/home/$name:/bin/sh" >> /etc/passwd
    echo "$name:x:\${id:-1000}:" >> /etc/group ;;
esac
`;
const TOOLS = ['adduser', 'apt-get', 'bundle', 'go', 'mvn', 'npm', 'pip'];

let folder: TempFolder;
let builder: Builder;

beforeAll(async () => {
  folder = await openTempFolder();
  builder = await createBuilder({ root: folder.file('store') });
  if (!PARTS.every(hasPart)) return;
  await saveBusybox(builder);
  const links = TOOLS.map((name) => `ln -s tool /bin/${name}`).join(' && ');
  await builder.build({
    context: { files: { tool: { content: TOOL, mode: 0o755 } } },
    dockerfile: `FROM busybox\nCOPY tool /bin/tool\nRUN ${links} && mkdir -p /usr/local/bin /etc/nginx/conf.d\n`,
    tags: [BASE],
  });
});

afterAll(async () => {
  await builder[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

for (const name of (await readdir(CASES)).sort()) {
  testWith(...PARTS)(`${name}: a Dockerfile as projects write it`, async () => {
    const context = `${CASES}${name}`;
    const buildContexts = await basesOf(context);

    const first = await builder.build({ context, buildContexts });
    const again = await builder.build({ context, buildContexts });

    const facts = await treeFacts(await first.image.tree());
    const base = await treeFacts(await (await builder.image(BASE)).tree());
    const changed = [...facts].filter(([path, fact]) => JSON.stringify(base.get(path)) !== JSON.stringify(fact));
    const result = {
      config: first.image.config.config,
      tree: changed.map(([path, { type, mode, uid, gid }]) => `${type} ${mode} ${uid}:${gid} ${path}`).sort(),
      removed: [...base.keys()].filter((path) => !facts.has(path) && !facts.has('/server')),
    };
    await expect(`${JSON.stringify(result, null, 2)}\n`).toMatchFileSnapshot(`${context}/result.json`);
    expect(again.image.id).toBe(first.image.id);
    expect(again.steps.filter(({ status }) => status === 'ran')).toEqual([]);
  });
}

/** Every image that the Dockerfile is built on is our base. */
async function basesOf(context: string): Promise<Record<string, string>> {
  const targets = listTargets(await builder.read({ context }), {});
  const names = new Set(targets.flatMap(({ name }) => name ?? []));
  const images = targets.map(({ base }) => base).filter((base) => base !== 'scratch' && !names.has(base));
  return Object.fromEntries(images.map((image) => [image, `docker-image://${BASE}`]));
}
