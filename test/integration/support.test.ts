import { expect } from 'vitest';
import { startDockerRegistry } from '../support/docker-registry.ts';
import { startDockerd } from '../support/dockerd.ts';
import { testWith } from '../support/parts.ts';

testWith('docker-registry')('a registry of its own answers until it is disposed', async () => {
  await using registry = await startDockerRegistry();

  const answer = await fetch(`http://${registry.host}/v2/_catalog`);

  expect(await answer.json()).toEqual({ repositories: [] });
});

testWith(
  'dockerd',
  'docker',
  'root',
)('a Docker Engine of its own has no images at first', async () => {
  await using engine = await startDockerd();

  expect(await engine.docker('images', '--quiet')).toBe('');
});
