const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** Bytes as Docker's lists show them, three digits: `4.26MB`, `124MB`. */
export function humanSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  for (; value >= 1000 && unit < UNITS.length - 1; unit += 1) value /= 1000;
  const digits = value >= 999.5 ? value.toPrecision(4) : value.toPrecision(3);
  return `${Number(digits)}${UNITS[unit] ?? ''}`;
}

const HOUR = 3_600;
const DAY = 24;

/** A rough time as Docker shows it: `About an hour`, `3 weeks`. */
export function humanDuration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  if (seconds < 1) return 'Less than a second';
  if (seconds < 60) return count(seconds, 'second');
  const minutes = Math.floor(seconds / 60);
  if (minutes === 1) return 'About a minute';
  if (minutes < 60) return `${minutes} minutes`;
  const hours = Math.round(seconds / HOUR);
  if (hours === 1) return 'About an hour';
  if (hours < 2 * DAY) return `${hours} hours`;
  if (hours < 14 * DAY) return `${Math.floor(hours / DAY)} days`;
  if (hours < 60 * DAY) return `${Math.floor(hours / DAY / 7)} weeks`;
  if (hours < 730 * DAY) return `${Math.floor(hours / DAY / 30)} months`;
  return `${Math.floor(seconds / HOUR / DAY / 365)} years`;
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}

/** A time as Go prints it: `2024-05-18 08:12:13 +0000 UTC`. */
export function goTime(date: Date): string {
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;
}
