import { readdirSync, readFileSync } from 'node:fs';
import { createBuilder } from '@tsbuild/engine';

/**
 * Builds what does not end: until SIGTERM, which aborts a signal of the API, and until a limit of time. Prints what became
 * of each, and what is wrong with the store then. Plain JavaScript: it runs on its own, as any user.
 */
const { root, runner, dockerfile, mark, stepTimeout } = JSON.parse(process.argv[2]);

const controller = new AbortController();
process.once('SIGTERM', () => controller.abort(new Error('enough')));
const builder = await createBuilder({ root, runner });
const aborted = await outcomeOf({ signal: controller.signal, buildArgs: { NAME: 'abort' } });
const limited = await outcomeOf({ stepTimeout, buildArgs: { NAME: 'limit' } });
const { problems } = await builder.verify();
await builder[Symbol.asyncDispose]();
process.stdout.write(JSON.stringify({ aborted, limited, problems }));

async function outcomeOf(options) {
  const names = new Map();
  const stopped = [];
  const onEvent = (event) => {
    if (event.type === 'step-defined') names.set(event.step, event.name);
    if (event.type === 'step-finished' && ['failed', 'cancelled'].includes(event.status))
      stopped.push(`${event.status} ${names.get(event.step)}`);
  };
  const build = builder.build({ context: { files: {} }, dockerfile, onEvent, ...options });
  const error = await build.then(
    () => new Error('it ended'),
    (error) => error,
  );
  return { left: left(), message: error.message, line: error.range?.start.line, stopped };
}

/** How many processes there are still whose arguments have the mark. */
function left() {
  return readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && argumentsOf(pid).includes(mark)).length;
}

function argumentsOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return []; // it has ended
  }
}
