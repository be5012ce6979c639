import { workFailed } from '../../../shared/domain/fault';
import { backoffMs } from '../../lib/backoff';
import type { Clock } from '../../lib/clock';
import type { Ids } from '../../lib/ids';
import type { Provider } from '../devices/types';
import type { WireDeviceList } from './answers';
import { carrierLineOf, deviceNumberOf } from './thingspace.rules';
import type { CallFault, CarrierCall, CarrierLine } from './types';

/** Lines in one page. Verizon's pages name 500 and 2,000 as the most; the smaller is taken by both. */
export const PAGE_LINES = 500;
/** Reading is harmless, so a page that fails for a passing reason is asked for again. */
const PAGE_ATTEMPTS = 5;
const PAGE_BACKOFF = { minMs: 1_000, maxMs: 60_000 };

export interface ListDeps {
  readonly clock: Clock;
  readonly ids: Pick<Ids, 'chance'>;
  /** One page of devices with numbers above the cursor, in the order of their numbers. */
  readonly page: (provider: Provider, cursor: number) => Promise<CarrierCall<WireDeviceList>>;
}

/** All lines of the account, by the cursor of the carrier's own device number (Retrieve Device Information). */
export async function* listAllLines(
  deps: ListDeps,
  provider: Provider,
  signal?: AbortSignal,
): AsyncGenerator<readonly CarrierLine[]> {
  let cursor = 0;
  for (;;) {
    const list = await pageFrom(deps, provider, cursor, signal);
    if (list === null) return;
    // The carrier lists devices that never had a SIM, too; a line without an ICCID can't be swapped or found again.
    const lines = list.devices.map(carrierLineOf).filter((line) => line.iccid !== '');
    if (lines.length > 0) yield lines;
    if (!list.hasMoreData) return;
    const next = Math.max(...list.devices.map((device) => deviceNumberOf(device) ?? 0));
    if (!(next > cursor))
      throw workFailed({
        code: 'carrier-list-stuck',
        what: "The carrier's list of lines does not go on",
        where: `${provider.name}, after device ${cursor}`,
        why: 'it announces more lines and sends none with a higher number',
        todo: 'Try again later; if it happens again, ask Verizon support.',
      });
    cursor = next;
  }
}

/** @returns null when the signal fired. @throws failed `carrier-list-failed` */
async function pageFrom(
  deps: ListDeps,
  provider: Provider,
  cursor: number,
  signal: AbortSignal | undefined,
): Promise<WireDeviceList | null> {
  for (let attempt = 1; ; attempt += 1) {
    if (signal?.aborted === true) return null;
    const { result } = await deps.page(provider, cursor);
    if (result.ok) return result.value;
    const passing = result.error.class === 'api_transient' || result.error.class === 'api_unknown';
    if (!passing || attempt === PAGE_ATTEMPTS) throw listFailed(provider, result.error);
    const delayMs = result.error.retryAfterMs ?? backoffMs(attempt, PAGE_BACKOFF, deps.ids.chance());
    await deps.clock.sleep(delayMs, signal);
  }
}

function listFailed(provider: Provider, fault: CallFault): Error {
  return workFailed({
    code: 'carrier-list-failed',
    what: 'The lines could not be read from the carrier',
    where: provider.name,
    why: `${fault.message} (${fault.code}, ${fault.correlationId})`,
    todo: 'Try again when the cause is mended; what was read is kept.',
  });
}
