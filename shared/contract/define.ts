import type { z } from 'zod';
import type { Permission } from '../domain/permission';

/** Who may make a call: anybody at the screen, whoever is signed in, or whoever has a permission. */
export type Access = 'anybody' | 'signed-in' | Permission;

export interface Call<I extends z.ZodType = z.ZodType, O extends z.ZodType = z.ZodType> {
  readonly kind: 'call';
  readonly access: Access;
  readonly input: I;
  readonly output: O;
}

export interface Announcement<P extends z.ZodType = z.ZodType> {
  readonly kind: 'event';
  readonly payload: P;
}

/** A question from the screen to main, checked on both sides. */
export function call<I extends z.ZodType, O extends z.ZodType>(access: Access, input: I, output: O): Call<I, O> {
  return { kind: 'call', access, input, output };
}

/** News from main to the screen. Events announce; they never steer. */
export function event<P extends z.ZodType>(payload: P): Announcement<P> {
  return { kind: 'event', payload };
}
