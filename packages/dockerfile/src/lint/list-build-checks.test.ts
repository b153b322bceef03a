import { expect, test } from 'vitest';
import { listBuildChecks } from './list-build-checks.ts';

test('there are the 22 checks of BuildKit, one of them experimental', () => {
  const checks = listBuildChecks();
  expect(checks.map(({ name }) => name).sort()).toEqual([
    'ConsistentInstructionCasing',
    'CopyIgnoredFile',
    'DuplicateStageName',
    'ExposeInvalidFormat',
    'ExposeProtoCasing',
    'FromAsCasing',
    'FromPlatformFlagConstDisallowed',
    'InvalidBaseImagePlatform',
    'InvalidDefaultArgInFrom',
    'InvalidDefinitionDescription',
    'JSONArgsRecommended',
    'LegacyKeyValueFormat',
    'MaintainerDeprecated',
    'MultipleInstructionsDisallowed',
    'NoEmptyContinuation',
    'RedundantTargetPlatform',
    'ReservedStageName',
    'SecretsUsedInArgOrEnv',
    'StageNameCasing',
    'UndefinedArgInFrom',
    'UndefinedVar',
    'WorkdirRelativePath',
  ]);
  expect(checks.filter(({ isExperimental }) => isExperimental).map(({ name }) => name)).toEqual([
    'InvalidDefinitionDescription',
  ]);
});

test('every check that BuildKit documents has the address of its page', () => {
  const urls = listBuildChecks().map(({ name, url }) => [name, url]);
  expect(urls).toContainEqual([
    'JSONArgsRecommended',
    'https://docs.docker.com/go/dockerfile/rule/json-args-recommended/',
  ]);
  expect(urls.filter(([, url]) => url === undefined)).toEqual([['InvalidBaseImagePlatform', undefined]]);
});
