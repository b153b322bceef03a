import { fileURLToPath } from 'node:url';
import { type BuilderOptions, createBuilder } from '@tsbuild/engine';

/** Builds the two-stage example and returns what there is to tell: the image's id and what happened to each step. */
export async function buildHello(options: BuilderOptions = {}): Promise<string[]> {
  await using builder = await createBuilder(options);
  const { image, steps } = await builder.build({
    context: fileURLToPath(new URL('../4-two-stage-compile', import.meta.url)),
    buildArgs: { VERSION: '1.4.2' },
    tags: ['hello:1.4.2'],
    onEvent: (event) => {
      if (event.type === 'step-log') process.stderr.write(event.bytes);
    },
  });
  return [image.id, ...steps.map(({ name, status, durationMs }) => `${status} ${name} (${Math.round(durationMs)} ms)`)];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  buildHello().then((lines) => console.log(lines.join('\n')), console.error);
}
