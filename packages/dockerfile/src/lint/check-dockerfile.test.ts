import { expect, test } from 'vitest';
import { parseDockerignore } from '../ignore/dockerignore.ts';
import { parseDockerfile } from '../parse/dockerfile.ts';
import { checkDockerfile, checkFailure } from './check-dockerfile.ts';
import type { CheckDockerfileOptions } from './model.ts';

const AMD64 = { os: 'linux', architecture: 'amd64' };
const ARM64 = { os: 'linux', architecture: 'arm64' };
const PLATFORMS = { targetPlatform: AMD64, buildPlatform: AMD64 };

function found(text: string, options: CheckDockerfileOptions = {}): string[] {
  const warnings = checkDockerfile(parseDockerfile(text), { ...PLATFORMS, ...options });
  return warnings.map(({ range, rule, message }) => `${range?.start.line} ${rule}: ${message}`);
}

test.each([
  ['FROM scratch AS Build\n', "1 StageNameCasing: Stage name 'Build' should be lowercase"],
  ['FROM scratch as build\n', "1 FromAsCasing: 'as' and 'FROM' keywords' casing do not match"],
  ['FROM scratch\nRUN a \\\n\n  b\n', '4 NoEmptyContinuation: Empty continuation line'],
  [
    'FROM scratch\nRUN a\ncopy a b\n',
    "3 ConsistentInstructionCasing: Command 'copy' should match the case of the command majority (uppercase)",
  ],
  [
    'from scratch\nrun a\nCopy a b\n',
    "3 ConsistentInstructionCasing: Command 'Copy' should match the case of the command majority (lowercase)",
  ],
  [
    'FROM scratch AS a\nFROM scratch AS a\n',
    '2 DuplicateStageName: Duplicate stage name "a", stage names should be unique',
  ],
  [
    'FROM busybox AS scratch\n',
    '1 ReservedStageName: Stage name should not use the same name as reserved stage "scratch"',
  ],
  [
    'FROM scratch\nCMD a\n',
    '2 JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior related to OS signals',
  ],
  [
    'FROM scratch\nMAINTAINER me\n',
    '2 MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label',
  ],
  ['ARG V\nFROM a:1$V$W\n', "2 UndefinedArgInFrom: FROM argument 'W' is not declared"],
  [
    'FROM --platform=$BUILDPLATFROM scratch\n',
    "1 UndefinedArgInFrom: FROM argument 'BUILDPLATFROM' is not declared (did you mean BUILDPLATFORM?)",
  ],
  [
    'FROM scratch\nWORKDIR app\nWORKDIR b\n',
    '2 WorkdirRelativePath: Relative workdir "app" can have unexpected results if the base image changes',
  ],
  ['FROM scratch\nENV PATH=$PAHT:/app\n', "2 UndefinedVar: Usage of undefined variable '$PAHT' (did you mean $PATH?)"],
  ['FROM scratch\nCOPY $foo /x\n', "2 UndefinedVar: Usage of undefined variable '$foo'"],
  ['FROM scratch\nCOPY <<EOF /x\n$foo\nEOF\n', "2 UndefinedVar: Usage of undefined variable '$foo'"],
  ['FROM scratch\nARG A=$foo\n', "2 UndefinedVar: Usage of undefined variable '$foo'"],
  [
    'FROM scratch\nHEALTHCHECK CMD a\nUSER u\nHEALTHCHECK CMD b\n',
    '2 MultipleInstructionsDisallowed: Multiple HEALTHCHECK instructions should not be used in the same stage ' +
      'because only the last one will be used',
  ],
  [
    'FROM scratch\nLABEL a b\n',
    '2 LegacyKeyValueFormat: "LABEL key=value" should be used instead of legacy "LABEL key value" format',
  ],
  [
    'FROM --platform=$TARGETPLATFORM scratch\n',
    '1 RedundantTargetPlatform: Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the ' +
      'default behavior',
  ],
  [
    'FROM scratch\nARG GITHUB_TOKEN\n',
    '2 SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data (ARG "GITHUB_TOKEN")',
  ],
  [
    'ARG TAG\nFROM busybox:$TAG\n',
    '2 InvalidDefaultArgInFrom: Default value for ARG busybox:$TAG results in empty or invalid base image name',
  ],
  [
    'FROM --platform=linux/arm64 alpine AS base\n',
    '1 FromPlatformFlagConstDisallowed: FROM --platform flag should not use constant value "linux/arm64"',
  ],
  [
    'FROM scratch\nEXPOSE 80/TcP\n',
    "2 ExposeProtoCasing: Defined protocol '80/TcP' in EXPOSE instruction should be lowercase",
  ],
  [
    'FROM scratch\nEXPOSE 8080:80\n',
    "2 ExposeInvalidFormat: EXPOSE instruction should not define an IP address or host-port mapping, found '8080:80'",
  ],
])('%j', (text, warning) => {
  expect(found(text)).toEqual([warning]);
});

test.each([
  'from scratch as a\nrun b\n',
  'FROM scratch\nSHELL ["/bin/bash", "-c"]\nCMD a\nENTRYPOINT b\n',
  'FROM scratch AS a\nWORKDIR /a\nFROM a\nWORKDIR b\n',
  'FROM scratch\nENV A=1\nCOPY $A /x\n',
  'FROM scratch\nARG a\nCOPY $a /x\n',
  'FROM scratch AS s\nARG a\nFROM s\nCOPY $a /x\n',
  'FROM scratch\nRUN echo $foo\nCMD ["$foo"]\n',
  'FROM scratch\nARG PUBLIC_KEY TOKEN_FILE KEYBOARD\n',
  'ARG TAG=latest\nFROM busybox:${TAG}\n',
  'ARG P=linux/amd64\nFROM --platform=$P scratch\n',
  'FROM --platform=linux/arm64 alpine AS build_arm64\n',
  'FROM scratch\nCMD ["a"]\nFROM scratch\nCMD ["b"]\n',
  'FROM python\nCOPY x /lib/python$PYTHON_VERSION/\n',
])('%j is fine', (text) => {
  expect(found(text)).toEqual([]);
});

test('the variables of a base image count when they are known', () => {
  const text = 'FROM python\nCOPY x /lib/$PYTHON_VERSION/$NOPE_AT_ALL\n';
  const baseImage = () => ({ env: new Map([['PYTHON_VERSION', '3']]) });
  expect(found(text, { baseImage })).toEqual(["2 UndefinedVar: Usage of undefined variable '$NOPE_AT_ALL'"]);
});

test('the platform of a base image is compared with the one asked for', () => {
  const baseImage = () => ({ platform: ARM64 });
  expect(found('FROM busybox\n', { baseImage })).toEqual([
    '1 InvalidBaseImagePlatform: Base image busybox was pulled with platform "linux/arm64", expected "linux/amd64" ' +
      'for current build',
  ]);
  expect(found('ARG P=linux/arm64\nFROM --platform=$P busybox\n', { baseImage })).toEqual([]);
});

test.each([
  ['*.txt', 'COPY a.txt /', ['a.txt']],
  ['*.txt', 'ADD ./x/../a.txt https://example.org/a.txt git@host:a.txt /', ['a.txt']],
  ['*.txt', 'COPY /a.txt *.txt /', ['/a.txt', '*.txt']],
  ['*.txt', 'COPY --from=x a.txt /', []],
  ['*.txt\n!b.txt', 'COPY a.txt b.txt /', ['a.txt']],
  ['*.txt\n!b.txt', 'COPY *.txt /', []],
  ['*.txt\n!dir/b', 'COPY *.txt /', ['*.txt']],
  ['dir\n!dir/keep', 'COPY dir /', []],
  ['dir\n!other', 'COPY dir /', ['dir']],
  ['*', 'COPY . /', ['.']],
  ['*\n!src', 'COPY . src/x other /', ['other']],
  ['a.txt', 'COPY . /', []],
])('with %j ignored, of %s is missing: %j', (ignored, instruction, missing) => {
  const warnings = found(`FROM scratch\n${instruction}\n`, { ignores: parseDockerignore(ignored) });
  const verb = instruction.startsWith('ADD') ? 'Add' : 'Copy';
  expect(warnings).toEqual(
    missing.map((path) => `2 CopyIgnoredFile: Attempting to ${verb} file "${path}" that is excluded by .dockerignore`),
  );
});

test('descriptions are checked when asked for', () => {
  const text = 'FROM scratch AS a\n# about\nARG X\n# Y is fine\nARG Y\n# free\n\nARG Z\n';
  expect(found(text)).toEqual([]);
  expect(found(`# check=experimental=all\n${text}`)).toEqual([
    '4 InvalidDefinitionDescription: Comment for ARG should follow the format: `# X <description>`',
  ]);
});

test('rules are skipped for the file, for one instruction or by build argument', () => {
  const text = 'FROM scratch AS A\n# check=skip=JSONArgsRecommended\nCMD a\nENTRYPOINT b\n';
  const rules = (source: string, buildArgs = {}) => found(source, { buildArgs }).map((line) => line.split(':')[0]);
  expect(rules(text)).toEqual(['1 StageNameCasing', '4 JSONArgsRecommended']);
  expect(rules(`# check=skip=StageNameCasing\n${text}`)).toEqual(['5 JSONArgsRecommended']);
  expect(rules(`# check=skip=all\n${text}`)).toEqual([]);
  expect(rules(`# check=skip=all\n${text}`, { BUILDKIT_DOCKERFILE_CHECK: 'skip=StageNameCasing' })).toEqual([
    '5 JSONArgsRecommended',
  ]);
});

test('a warning has the address of its documentation', () => {
  expect(checkDockerfile(parseDockerfile('FROM scratch AS A\n'))).toEqual([
    {
      rule: 'StageNameCasing',
      message: "Stage name 'A' should be lowercase",
      url: 'https://docs.docker.com/go/dockerfile/rule/stage-name-casing/',
      range: { start: { line: 1, column: 0 }, end: { line: 1, column: 17 } },
    },
  ]);
});

test('error=true makes an error of warnings', () => {
  const failure = (text: string, buildArgs = {}) => {
    const dockerfile = parseDockerfile(text);
    return checkFailure(dockerfile, checkDockerfile(dockerfile), { buildArgs });
  };
  expect(failure('# check=error=true\nFROM scratch AS Upper\nCMD a\n')).toMatchObject({
    code: 'ERR_TSBUILD_CHECK_FAILED',
    message: 'lint violation found for rules: StageNameCasing, JSONArgsRecommended',
    range: { start: { line: 2 } },
  });
  expect(failure('# check=error=true\nFROM scratch AS lower\n')).toBeUndefined();
  expect(failure('FROM scratch AS Upper\n')).toBeUndefined();
  expect(failure('FROM scratch AS Upper\n', { BUILDKIT_DOCKERFILE_CHECK: 'error=true' })).toMatchObject({
    code: 'ERR_TSBUILD_CHECK_FAILED',
  });
});

test('what does not expand is left to the build', () => {
  expect(found('FROM scratch\nENV A=${B:?no}\nEXPOSE ${ x\nCOPY --chmod=${ a b\n')).toEqual([]);
});
