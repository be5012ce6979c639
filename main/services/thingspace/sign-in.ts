import { SwapdeskError } from '../../../shared/domain/fault';
import { fail, ok, type Result } from '../../../shared/domain/result';
import type { Clock } from '../../lib/clock';
import type { Log } from '../../lib/logger';
import type { CredentialsService, ThingSpaceCredentials } from '../credentials/types';
import type { Provider } from '../devices/types';
import { callFault } from './faults';
import { guarded, type SignInFault } from './guarded';
import { createScrubber, type Scrubber } from './scrub';
import { logIn, requestToken, type SignInCall } from './sign-in-calls';
import type { CallFault, LoginGuard } from './types';
import { isLoopback, type Wire } from './wire';

/**
 * Token and session of one service provider.
 *
 * Both are made by one flight that everybody waits for, kept in memory, and made anew only when they have surely ended
 * or the carrier said so of exactly the one in use: a hundred calls that fail with the same token lead to one new token.
 */
export interface SignIn {
  ensure(): Promise<Result<SignedIn, CallFault>>;
  /** The carrier refused this token or session. Does nothing when it has been replaced meanwhile. */
  refused(part: 'token' | 'session', used: SignedIn): void;
  /** The session was used: it ends after idleness only. */
  used(): void;
  /** A fresh token and a fresh session with the stored credentials, apart from those in use. */
  tryOnce(): Promise<Result<SignedIn, CallFault>>;
}

export interface SignedIn {
  readonly token: string;
  readonly session: string;
  /** Everything that must never be kept of an answer. */
  readonly secrets: readonly string[];
  readonly scrubber: Scrubber;
}

export interface SignInDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly wire: Wire;
  readonly credentials: Pick<CredentialsService, 'load'>;
  readonly loginGuard: LoginGuard;
}

/** Verizon ends a session after 20 minutes without use; a minute earlier it is not worth a try. */
const SESSION_IDLE_MS = 19 * 60_000;
/** A token is renewed so long before its end: longer than a request is under way before the carrier looks at it. */
const TOKEN_MARGIN_MS = 30_000;
/** Verizon names `expires_in`; without it, its documented life. */
const DEFAULT_TOKEN_LIFE_MS = 60 * 60_000;

interface Token {
  readonly value: string;
  readonly renewAt: number;
  readonly endsAt: number;
}
type Signed<T> = Promise<Result<T, CallFault>>;

export function createSignIn(deps: SignInDeps, provider: Provider): SignIn {
  return new ProviderSignIn(deps, provider);
}

class ProviderSignIn implements SignIn {
  private token: Token | null = null;
  private session: { readonly value: string; usedAt: number } | null = null;
  private current: SignedIn | null = null;
  private flight: Signed<SignedIn> | null = null;

  constructor(
    private readonly deps: SignInDeps,
    private readonly provider: Provider,
  ) {}

  async ensure(): Signed<SignedIn> {
    if (this.flight !== null) return this.flight;
    if (this.sessionIsIdle()) this.session = null;
    if (this.current !== null && this.isGood()) return ok(this.current);
    this.flight = this.signIn().finally(() => {
      this.flight = null;
    });
    return this.flight;
  }

  refused(part: 'token' | 'session', used: SignedIn): void {
    if (part === 'token' && this.token?.value === used.token) this.token = null;
    if (part === 'session' && this.session?.value === used.session) this.session = null;
  }

  used(): void {
    if (this.session !== null) this.session.usedAt = this.now();
  }

  async tryOnce(): Signed<SignedIn> {
    const credentials = await loadCredentials(this.deps, this.provider);
    if (!credentials.ok) return credentials;
    const bearer = await this.freshToken(credentials.value);
    if (!bearer.ok) return bearer;
    const opened = await this.logInWith(credentials.value, bearer.value.value);
    return opened.ok ? ok(signedIn(credentials.value, bearer.value.value, opened.value)) : opened;
  }

  private async signIn(): Signed<SignedIn> {
    const credentials = await loadCredentials(this.deps, this.provider);
    if (!credentials.ok) return credentials;
    for (let tokensRefused = 0; ; tokensRefused += 1) {
      const bearer = await this.ensureToken(credentials.value);
      if (!bearer.ok) return bearer;
      if (this.session === null) {
        const opened = await this.logInWith(credentials.value, bearer.value.value);
        if (!opened.ok && opened.error.renewsToken && tokensRefused === 0) {
          this.token = null;
          continue;
        }
        if (!opened.ok) return opened;
        this.session = { value: opened.value, usedAt: this.now() };
        this.deps.log.info('signed in at the carrier', { provider: this.provider.name });
      }
      this.current = signedIn(credentials.value, bearer.value.value, this.session.value);
      return ok(this.current);
    }
  }

  private async ensureToken(credentials: ThingSpaceCredentials): Signed<Token> {
    if (this.token !== null && this.now() < this.token.renewAt) return ok(this.token);
    const fresh = await this.freshToken(credentials);
    if (fresh.ok) this.token = fresh.value;
    else if (this.token !== null && this.now() < this.token.endsAt) return ok(this.token);
    return fresh;
  }

  private async freshToken(credentials: ThingSpaceCredentials): Signed<Token> {
    const answer = await guarded(this.deps.loginGuard, this.provider.uid, () => requestToken(this.call(credentials)));
    if (!answer.ok) return answer;
    const lifeMs = answer.value.lifeMs ?? DEFAULT_TOKEN_LIFE_MS;
    const endsAt = this.now() + lifeMs;
    // The carrier answers the same token within its hour: then asking again before its end is of no use.
    const same = answer.value.token === this.token?.value;
    const renewAt = same ? endsAt : Math.max(endsAt - TOKEN_MARGIN_MS, this.now() + lifeMs / 2);
    return ok({ value: answer.value.token, renewAt, endsAt });
  }

  private logInWith(credentials: ThingSpaceCredentials, bearer: string): Promise<Result<string, SignInFault>> {
    return guarded(this.deps.loginGuard, this.provider.uid, () => logIn(this.call(credentials), bearer));
  }

  private call(credentials: ThingSpaceCredentials): SignInCall {
    const scrubber = createScrubber(secretsOf(credentials));
    return { wire: this.deps.wire, provider: this.provider, credentials, scrubber, now: () => this.now() };
  }

  private sessionIsIdle(): boolean {
    return this.session !== null && this.now() - this.session.usedAt >= SESSION_IDLE_MS;
  }

  private isGood(): boolean {
    return this.session !== null && this.token !== null && this.now() < this.token.renewAt;
  }

  private now(): number {
    return this.deps.clock.now();
  }
}

function signedIn(credentials: ThingSpaceCredentials, token: string, session: string): SignedIn {
  const secrets = [...secretsOf(credentials), token, session];
  return { token, session, secrets, scrubber: createScrubber(secrets) };
}

function secretsOf(credentials: ThingSpaceCredentials): readonly string[] {
  const { clientId, clientSecret, password, callbackPassword } = credentials;
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return [clientSecret, password, basic, ...(callbackPassword === undefined ? [] : [callbackPassword])];
}

async function loadCredentials(
  deps: Pick<SignInDeps, 'credentials'>,
  provider: Provider,
): Promise<Result<ThingSpaceCredentials, CallFault>> {
  const stop = (code: string, message: string): Result<never, CallFault> =>
    fail(callFault({ correlationId: '' }, { class: 'auth', code, message, stopsProvider: true }));
  const url = new URL(provider.baseUrl);
  if (url.protocol !== 'https:' && !isLoopback(url))
    return stop(
      'base-url-insecure',
      'The base URL is not encrypted, so no password is sent there. Set an https address.',
    );
  try {
    const credentials = await deps.credentials.load(provider.uid);
    return credentials === null
      ? stop('credentials-missing', `No carrier credentials are stored for ${provider.name}. Store them first.`)
      : ok(credentials);
  } catch (error) {
    if (!(error instanceof SwapdeskError)) throw error;
    return fail(callFault({ correlationId: '' }, { class: 'system', code: error.code, message: error.message }));
  }
}
