/** What was asked of the simulator, counted and, for the last thousand requests, kept. In memory only. */
export interface RequestEntry {
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly endpoint: string;
  /** Null when no answer was given (dropped, silent). */
  readonly status: number | null;
  /** The fault that was played, if any. */
  readonly fault: string | null;
  /** Body of device requests; those with secrets are not kept. */
  readonly body: string | null;
}

const ENTRIES_KEPT = 1000;
const SECRET_BODIES: readonly string[] = ['token', 'revoke', 'login', 'password', 'callback-register'];
const BODY_KEPT = 2000;

export class Traffic {
  readonly byEndpoint: Record<string, number> = {};
  readonly logins = { accepted: 0, refused: 0 };
  total = 0;
  #entries: RequestEntry[] = [];

  /** Counts a request as it comes in, before anything can go wrong with it. */
  count(endpoint: string): void {
    this.total += 1;
    this.byEndpoint[endpoint] = (this.byEndpoint[endpoint] ?? 0) + 1;
  }

  keep(entry: Omit<RequestEntry, 'body'>, body: string): void {
    if (entry.endpoint === 'login' && entry.fault === null) {
      if (entry.status === 200) this.logins.accepted += 1;
      else this.logins.refused += 1;
    }
    this.#entries.push({ ...entry, body: SECRET_BODIES.includes(entry.endpoint) ? null : body.slice(0, BODY_KEPT) });
    // Cut in blocks: shifting one by one would move the whole list at every request.
    if (this.#entries.length >= 2 * ENTRIES_KEPT) this.#entries = this.#entries.slice(-ENTRIES_KEPT);
  }

  entries(): readonly RequestEntry[] {
    return this.#entries.slice(-ENTRIES_KEPT);
  }

  clear(): void {
    this.#entries = [];
    this.total = 0;
    this.logins.accepted = 0;
    this.logins.refused = 0;
    for (const name of Object.keys(this.byEndpoint)) delete this.byEndpoint[name];
  }
}
