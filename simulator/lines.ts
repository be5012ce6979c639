import type { Line } from './fleet';
import type { Identifier } from './identifiers';

/** What may be changed in a line. */
export type LinePatch = Partial<Omit<Line, 'deviceId' | 'account' | 'createdAt'>>;

/** Of identifiers to device ids, so that a change touches only the index of what changed. */
type Index = Map<string, number>;

const INDEXED = ['iccid', 'imei', 'mdn', 'eid'] as const;
type Indexed = (typeof INDEXED)[number];

/** The lines with one index for each identifier that can name them, in the order of their device ids. */
export class LineStore {
  readonly #byId = new Map<number, Line>();
  readonly #byKind: Record<Indexed, Index> = {
    iccid: new Map(),
    imei: new Map(),
    mdn: new Map(),
    eid: new Map(),
  };
  /** Identifiers that a line had once: only to tell whom a repeated request meant, never to find a line for it. */
  readonly #former = new Map<string, number>();
  #ordered: Line[] = [];

  constructor(lines: Iterable<Line> = []) {
    for (const line of lines) this.put(line);
  }

  get size(): number {
    return this.#byId.size;
  }

  all(): readonly Line[] {
    return this.#ordered;
  }

  byDeviceId(deviceId: number): Line | undefined {
    return this.#byId.get(deviceId);
  }

  /** The line that has this identifier now. MSISDN is the MDN behind the country code 1. */
  find({ kind, id }: Identifier): Line | undefined {
    if (kind === 'msisdn') return this.#indexed('mdn', id.length === 11 && id.startsWith('1') ? id.slice(1) : id);
    return kind === 'imsi' || kind === 'meid' || kind === 'esn' ? undefined : this.#indexed(kind, id);
  }

  /** The line that has this identifier now or, failing that, had it last. */
  findEver(identifier: Identifier): Line | undefined {
    const now = this.find(identifier);
    if (now !== undefined) return now;
    const deviceId = this.#former.get(`${identifier.kind}:${identifier.id}`);
    return deviceId === undefined ? undefined : this.#byId.get(deviceId);
  }

  /** Notes that the line had this identifier once. */
  rememberFormer(kind: Indexed, id: string, deviceId: number): void {
    this.#former.set(`${kind}:${id}`, deviceId);
  }

  /** The line that an ICCID, IMEI, MDN, MSISDN, EID or device id names, for the control side. */
  findByAny(id: string): Line | undefined {
    for (const kind of ['iccid', 'imei', 'mdn', 'msisdn', 'eid'] as const) {
      const line = this.find({ kind, id });
      if (line !== undefined) return line;
    }
    return /^\d{1,15}$/.test(id) ? this.#byId.get(Number(id)) : undefined;
  }

  /** Adds the line, or puts it in the place of the one with its device id. */
  put(line: Line): void {
    const before = this.#byId.get(line.deviceId);
    if (before !== undefined) this.#unindex(before, line);
    this.#byId.set(line.deviceId, line);
    for (const kind of INDEXED) {
      const id = line[kind];
      if (id !== null && id !== before?.[kind]) this.#byKind[kind].set(id, line.deviceId);
    }
    const at = this.firstAfter(line.deviceId - 1);
    if (before !== undefined) this.#ordered[at] = line;
    else if (at === this.#ordered.length) this.#ordered.push(line);
    else this.#ordered.splice(at, 0, line);
  }

  change(line: Line, patch: LinePatch): Line {
    const changed: Line = { ...line, ...patch };
    this.put(changed);
    return changed;
  }

  remove(deviceId: number): void {
    const line = this.#byId.get(deviceId);
    if (line === undefined) return;
    this.#unindex(line, undefined);
    this.#byId.delete(deviceId);
    this.#ordered.splice(this.firstAfter(deviceId - 1), 1);
  }

  nextDeviceId(fallback: number): number {
    const last = this.#ordered.at(-1);
    return last === undefined ? fallback : last.deviceId + 1;
  }

  /** Place of the first line whose device id is larger, by halving. */
  firstAfter(deviceId: number): number {
    let low = 0;
    let high = this.#ordered.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ordered[middle]?.deviceId ?? 0) <= deviceId) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #indexed(kind: Indexed, id: string): Line | undefined {
    const deviceId = this.#byKind[kind].get(id);
    return deviceId === undefined ? undefined : this.#byId.get(deviceId);
  }

  #unindex(before: Line, after: Line | undefined): void {
    for (const kind of INDEXED) {
      const id = before[kind];
      if (id === null || id === after?.[kind]) continue;
      // Two lines that exchange identifiers in a chain: the index may already point to the new owner.
      if (this.#byKind[kind].get(id) === before.deviceId) this.#byKind[kind].delete(id);
      this.rememberFormer(kind, id, before.deviceId);
    }
  }
}
