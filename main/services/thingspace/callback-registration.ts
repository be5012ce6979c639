import { z } from 'zod';
import { fail, ok, type Result } from '../../../shared/domain/result';
import type { Log } from '../../lib/logger';
import type { Provider } from '../devices/types';
import { anySchema, callbackListSchema } from './answers';
import type { CallSpec } from './caller';
import type { CallFault, CarrierCall } from './types';

/** The service that reports changes of identifiers. One listener for each service of an account. */
const CARRIER_SERVICE = 'CarrierService';

export interface RegistrationDeps {
  readonly log: Log;
  readonly call: <T>(provider: Provider, spec: CallSpec<T>) => Promise<CarrierCall<T>>;
}

/**
 * Makes ours the listener of the account. The same one is left alone; another is removed first, since the carrier keeps
 * one, and named in the log: whoever listened there hears nothing any more.
 */
export async function registerListener(
  deps: RegistrationDeps,
  provider: Provider,
  wanted: { readonly url: string; readonly username: string; readonly password: string },
): Promise<Result<void, CallFault>> {
  const account = encodeURIComponent(provider.account);
  const path = `/api/m2m/v1/callbacks/${account}`;
  const secrets = [wanted.password];
  const listed = await deps.call(provider, { method: 'GET', path, body: null, schema: callbackListSchema, secrets });
  if (!listed.result.ok) return listed.result;
  const present = listed.result.value.find((item) => item.serviceName === CARRIER_SERVICE);
  if (present !== undefined) {
    const same =
      present.url === wanted.url && present.username === wanted.username && present.password === wanted.password;
    if (same) return ok(undefined);
    if (present.url !== wanted.url)
      deps.log.warn('another callback listener is replaced', {
        provider: provider.name,
        listener: withoutSecrets(present.url),
      });
    const spec = {
      method: 'DELETE',
      path: `${path}/name/${CARRIER_SERVICE}`,
      body: null,
      schema: z.unknown(),
    } as const;
    const removed = await deps.call(provider, spec);
    if (!removed.result.ok) return removed.result;
  }
  const body = { name: CARRIER_SERVICE, ...wanted };
  const registered = await deps.call(provider, { method: 'POST', path, body, schema: anySchema, secrets });
  return registered.result.ok ? ok(undefined) : fail(registered.result.error);
}

/** Address without user, password and query, each of which may hold a secret. */
function withoutSecrets(address: string | null | undefined): string {
  if (address === null || address === undefined || !URL.canParse(address)) return 'unknown';
  const { origin, pathname } = new URL(address);
  return `${origin}${pathname}`;
}
