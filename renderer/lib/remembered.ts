import type { z } from 'zod';

/** What this desktop keeps of a screen over a restart: small, for convenience, never a secret. */
export function remembered<T>(key: string, schema: z.ZodType<T>): T | null {
  try {
    const text = localStorage.getItem(`swapdesk.${key}`);
    if (text === null) return null;
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? parsed.data : null;
  } catch {
    // A browser without storage, or a text that an older version left: there is nothing to go on with.
    return null;
  }
}

/** @param value null: forget it */
export function remember(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(`swapdesk.${key}`);
    else localStorage.setItem(`swapdesk.${key}`, JSON.stringify(value));
  } catch {
    // No room, or no storage: the screen works on, and a restart begins anew.
  }
}
