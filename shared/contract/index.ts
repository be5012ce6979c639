import type { z } from 'zod';
import type { ErrorStory } from '../domain/fault';
import { alerts } from './alerts';
import { app } from './app';
import { audit } from './audit';
import { changes } from './changes';
import type { Announcement, Call } from './define';
import { drafts } from './drafts';
import { imports } from './imports';
import { lines } from './lines';
import { metrics } from './metrics';
import { queue } from './queue';
import { reports } from './reports';
import { session } from './session';

/**
 * Everything that the screen can ask and everything that it is told. The preload bridge, main's door, the Chromium
 * transport, the screen's client and the tests' double are made from this table: a new call is one entry here and one
 * handler in `main/ipc`.
 */
export const contract = { app, session, imports, drafts, changes, lines, queue, metrics, alerts, audit, reports };

export type Contract = typeof contract;
type Group = keyof Contract;
type Entry<G extends Group> = Contract[G];

/** Names of calls and events: `group.name`. */
export type CallName = {
  [G in Group]: { [N in keyof Entry<G>]: Entry<G>[N] extends Call ? `${G}.${N & string}` : never }[keyof Entry<G>];
}[Group];
export type EventName = {
  [G in Group]: {
    [N in keyof Entry<G>]: Entry<G>[N] extends Announcement ? `${G}.${N & string}` : never;
  }[keyof Entry<G>];
}[Group];

type EntryOf<Name extends string> = Name extends `${infer G}.${infer N}`
  ? G extends Group
    ? N extends keyof Contract[G]
      ? Contract[G][N]
      : never
    : never
  : never;

export type InputOf<N extends CallName> = EntryOf<N> extends Call<infer I, z.ZodType> ? z.infer<I> : never;
export type OutputOf<N extends CallName> = EntryOf<N> extends Call<z.ZodType, infer O> ? z.infer<O> : never;
export type PayloadOf<N extends EventName> = EntryOf<N> extends Announcement<infer P> ? z.infer<P> : never;

type AnyEntry = Call | Announcement;

function entries(): [string, AnyEntry][] {
  return Object.entries(contract).flatMap(([group, members]) =>
    Object.entries(members as Record<string, AnyEntry>).map(([name, entry]): [string, AnyEntry] => [
      `${group}.${name}`,
      entry,
    ]),
  );
}

/** Every call by name. */
export const CALLS: ReadonlyMap<CallName, Call> = new Map(
  entries().flatMap(([name, entry]) => (entry.kind === 'call' ? [[name as CallName, entry] as const] : [])),
);

/** Every event by name. */
export const EVENTS: ReadonlyMap<EventName, Announcement> = new Map(
  entries().flatMap(([name, entry]) => (entry.kind === 'event' ? [[name as EventName, entry] as const] : [])),
);

/** What comes back over the border: a value, or an error that a person can act on. */
export type Answer<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      readonly error: ErrorStory & {
        readonly kind: 'usage' | 'not-permitted' | 'failed' | 'defect';
        readonly correlationId: string;
      };
    };

/**
 * What preload puts on the page, the same in both shells. `sourceOf` hands main a file that the person dropped or
 * chose; the page never learns its path.
 */
export interface Bridge {
  call(name: string, input: unknown): Promise<unknown>;
  on(name: string, listener: (payload: unknown) => void): () => void;
  sourceOf(file: File): Promise<unknown>;
}
