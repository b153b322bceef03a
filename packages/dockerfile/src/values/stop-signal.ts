import { quote, syntaxError } from '../errors.ts';

const NAMES = new Set(
  (
    'ABRT ALRM BUS CHLD CLD CONT FPE HUP ILL INT IO IOT KILL PIPE POLL PROF PWR QUIT SEGV STKFLT STOP SYS TERM TRAP ' +
    'TSTP TTIN TTOU URG USR1 USR2 VTALRM WINCH XCPU XFSZ RTMIN RTMAX'
  ).split(' '),
);

const REAL_TIME = /^RT(?:MIN\+(?:[1-9]|1[0-5])|MAX-(?:[1-9]|1[0-4]))$/;

/**
 * Reads the expanded argument of STOPSIGNAL: a number other than 0, or the name of a Linux signal with or without `SIG`.
 * @returns the argument as it is, which is what the image config keeps.
 * @throws {DockerfileError}
 */
export function parseStopSignal(signal: string): string {
  const name = signal.toUpperCase().replace(/^SIG/, '');
  const isNumber = /^[+-]?\d{1,18}$/.test(signal) && Number(signal) !== 0;
  if (isNumber || NAMES.has(name) || REAL_TIME.test(name)) return signal;
  throw syntaxError(`invalid signal: ${quote(signal)}`, 'such as SIGTERM, SIGRTMIN+3 or 9');
}
