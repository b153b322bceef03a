const SINGLE = 'userns-single';
const IDENTITY_CALL = /set(?:res|re|e)?[ug]id|setgroups|initgroups/;
const REFUSED = /Invalid argument|Operation not permitted/;

/**
 * What would help a command that failed for want of other users, in the tier where there are none. `tier` is the class of
 * the sandbox, `lastOutput` the end of what the command printed.
 */
export function failureHint(tier: string, lastOutput: string): string | undefined {
  if (!tier.startsWith(SINGLE)) return undefined;
  const lines = lastOutput.split('\n').filter((line) => REFUSED.test(line));
  if (lines.some((line) => IDENTITY_CALL.test(line)))
    return `the tier ${SINGLE} has no user but root: for apt-get, -o APT::Sandbox::User=root; for all else, subordinate ids (tsbuild doctor)`;
  if (tier === SINGLE && lines.some((line) => line.includes('chown')))
    return `the tier ${SINGLE} has no user but root: --ignore-chown-errors, or subordinate ids (tsbuild doctor)`;
  return undefined;
}
