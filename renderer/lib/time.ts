import { useSyncExternalStore } from 'react';

/** The window's clock: the only place of the renderer that reads the time. */
function now(): number {
  return Date.now();
}

/** `2026-11-24 14:02` in the person's zone: for naming what is made now. */
export function stampNow(): string {
  const at = new Date(now());
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}

const TICK_MS = 15_000;
const subscribe = (onTick: () => void): (() => void) => {
  const timer = setInterval(onTick, TICK_MS);
  return () => clearInterval(timer);
};

/** The time in steps of 15 seconds: whatever tells how long ago something was is drawn again with it. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => Math.floor(now() / TICK_MS) * TICK_MS);
}

const UNITS = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
] as const;

/** `just now`, `2 minutes ago`; null is `never`. */
export function ago(iso: string | null, nowMs: number): string {
  if (iso === null) return 'never';
  const passedMs = nowMs - Date.parse(iso);
  for (const [sizeMs, unit] of UNITS) {
    const count = Math.floor(passedMs / sizeMs);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}

const EXACT = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

/** The exact time in the person's zone, for hovers and details. */
export function exact(iso: string): string {
  return EXACT.format(new Date(iso));
}

/** `4 s`, `3 min`, `2 h 10 min`. */
export function duration(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  return minutes % 60 === 0 ? `${minutes / 60} h` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
