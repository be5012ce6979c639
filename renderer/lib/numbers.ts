const WHOLE = new Intl.NumberFormat('en-US');

/** `1,204`; zero is a word. */
export function count(value: number): string {
  return value === 0 ? 'none' : WHOLE.format(value);
}

/** `1,204`, also for zero: for columns of numbers. */
export function digits(value: number): string {
  return WHOLE.format(value);
}

/** `1 line`, `1,204 lines`, `no lines`. */
export function plural(value: number, one: string, many = `${one}s`): string {
  if (value === 0) return `no ${many}`;
  return `${WHOLE.format(value)} ${value === 1 ? one : many}`;
}

/** `4.2 MB`. */
export function fileSize(bytes: number): string {
  if (bytes < 1000) return `${bytes} bytes`;
  if (bytes < 1_000_000) return `${(bytes / 1000).toFixed(1)} kB`;
  return `${(bytes / 1_000_000).toFixed(1)} MB`;
}
