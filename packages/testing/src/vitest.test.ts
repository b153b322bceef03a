import { afterAll, beforeAll, expect, test } from 'vitest';
import './vitest.ts';
import { assertFile, assertUser } from './assertions.ts';
import { listFiles } from './file-list.ts';
import { type BuildFixture, buildFixture, type FixtureResult } from './fixture.ts';

const DOCKERFILE = `FROM scratch
ENV MODE=production EMPTY=
LABEL org.example.team=build
COPY --chmod=0755 bin /app/bin
COPY main.py /app/
COPY links /app/
USER 10:20
EXPOSE 80 53/udp
WORKDIR /srv
ENTRYPOINT ["/app/bin/run"]
CMD ["--port", "80"]
`;

let fixture: BuildFixture;
let result: FixtureResult;

beforeAll(async () => {
  const files = { 'bin/run': 'x', 'main.py': 'print("one")\n', 'links/link': { symlink: '/app/main.py' } };
  fixture = await buildFixture({ Dockerfile: DOCKERFILE, ...files });
  result = await fixture.build();
});

afterAll(() => fixture[Symbol.asyncDispose]());

test('an image has its files with mode, size, owner and content', async () => {
  const { image } = result;

  await expect(image).toHaveFile('/app/bin/run', { mode: 0o755, size: 1, uid: 0, gid: 0, content: 'x' });
  await expect(image).toHaveFile('app/main.py', { type: 'file', mode: 0o644, content: /print\("one"\)$/m });
  await expect(image).toHaveFile('/app/link', { content: 'print("one")\n' });
  await expect(image).toHaveFile('/app/link', { linkTarget: '/app/main.py' });
  await expect(image).not.toHaveFile('/app/main.pyc');
});

test('an image has its configuration', () => {
  const { image } = result;

  expect(image).toHaveEnv('MODE', 'production');
  expect(image).toHaveEnv('EMPTY', '');
  expect(image).not.toHaveEnv('HOME');
  expect(image).toHaveLabel('org.example.team', /^build$/g);
  expect(image).toHaveUser('10:20');
  expect(image).toExpose(80);
  expect(image).toExpose('53/udp');
  expect(image).not.toExpose(53);
  expect(image).toHaveEntrypoint(['/app/bin/run']);
  expect(image).toHaveCmd(['--port', '80']);
  expect(image).toHaveWorkdir('/srv');
});

test('an image has its layers, and each what it added', async () => {
  await expect(result.image).toHaveLayers(4);
  await expect(result.image).toHaveLayers([
    ['app/', 'app/bin/', 'app/bin/run'],
    ['app/', 'app/main.py'],
    ['app/', 'app/link'],
    ['srv/'],
  ]);
});

test.each<[string, () => unknown, string]>([
  [
    'a missing file',
    () => expect(result.image).toHaveFile('/app/main.js'),
    'the image has no "/app/main.js"; in /app there is: bin, link, main.py',
  ],
  [
    'another mode',
    () => expect(result.image).toHaveFile('/app/bin/run', { mode: 0o644 }),
    `the mode of "/app/bin/run" is '0o755', expected '0o644'`,
  ],
  [
    'other content',
    () => expect(result.image).toHaveFile('/app/bin/run', { content: 'y' }),
    'the content of "/app/bin/run" is "x", expected "y"',
  ],
  [
    'a file that should not be there',
    () => expect(result.image).not.toHaveFile('/app/main.py', { mode: 0o644 }),
    `the image has "/app/main.py" with { mode: '0o644' }`,
  ],
  ['another user', () => expect(result.image).toHaveUser('0'), "the user of the image is '10:20', expected '0'"],
  ['no label', () => expect(result.image).toHaveLabel('a', 'b'), "label a is not set, expected 'b'"],
  ['other ports', () => expect(result.image).toExpose(8080), 'the image exposes 53/udp, 80/tcp, expected 8080/tcp'],
  ['other layers', () => expect(result.image).toHaveLayers(1), 'the number of layers is 4, expected 1'],
])('the message says what is there: %s', async (_, check, message) => {
  await expect((async () => check())()).rejects.toThrow(message);
});

test('an edit rebuilds only what it says, and else the reason is given', async () => {
  await fixture.write('main.py', 'print("two")\n');

  const second = await fixture.build();

  expect(second).toRebuildOnly(['COPY main.py /app/']);
  expect(() => expect(second).toRebuildOnly([])).toThrow(
    /expected \[\]\n {2}COPY main.py \/app\/: .*"changed":\["main.py"\]/,
  );
});

test('a build of files is reproducible, and one of a clock is not', async () => {
  await expect(fixture).toBeReproducible();
  const random = { toJSON: () => ({}), files: {} };
  Object.defineProperty(random.files, 'a', { enumerable: true, get: () => String(process.hrtime.bigint()) });

  await expect(expect({ context: random, dockerfile: 'FROM scratch\nCOPY a /b\n' }).toBeReproducible()).rejects.toThrow(
    /two builds gave sha256:[0-9a-f]{64} and sha256:[0-9a-f]{64}: layer 1 differs in b/,
  );
});

test('a base in the store of a fixture serves both builds', async () => {
  await using based = await buildFixture({ a: '1' });
  await based.build({ dockerfile: 'FROM scratch\nCOPY a /a\n', tags: ['localhost/base:1'] });

  await expect(based).toBeReproducible({ dockerfile: 'FROM localhost/base:1\nCOPY a /b\n' });
});

test('the tree as text', async () => {
  expect(await listFiles(result.image, { digests: true })).toBe(
    `drwxr-xr-x 0:0        - app
drwxr-xr-x 0:0        - app/bin
-rwxr-xr-x 0:0        1 app/bin/run sha256:2d711642b726
lrwxrwxrwx 0:0        - app/link -> /app/main.py
-rw-r--r-- 0:0       13 app/main.py sha256:fef718ac9637
drwxr-xr-x 10:20        - srv`,
  );
  expect(await listFiles(result.image, { path: '/app/bin/', exclude: (path) => path.endsWith('run') })).toBe(
    'drwxr-xr-x 0:0        - app/bin',
  );
});

test('other runners assert the same', async () => {
  await assertFile(result.image, '/app/main.py');
  await expect(assertUser(result.image, 'root')).rejects.toMatchObject({
    name: 'AssertionError',
    message: "the user of the image is '10:20', expected 'root'",
    expected: 'root',
    actual: '10:20',
  });
});
