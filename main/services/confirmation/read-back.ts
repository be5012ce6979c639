import type { Provider } from '../devices/types';
import type { Evidence } from '../changes/types';
import { plainFault } from '../../../shared/domain/fault';
import type { CallFault, CallRecord, CarrierLine, ThingSpaceService } from '../thingspace/types';
import {
  compareBoth,
  compareLine,
  decideLook,
  planLook,
  type ClaimsVerdict,
  type JudgedRow,
  type Look,
  type LookBy,
} from './confirmation.rules';

/** Asks the carrier for the line of a row and says what that proves. A call that fails proves nothing: ask later. */
export async function readBack(
  thingspace: Pick<ThingSpaceService, 'findLine'>,
  provider: Provider,
  row: JudgedRow,
  verdict: Exclude<ClaimsVerdict, { kind: 'decided' }>,
  now: () => number,
): Promise<Evidence> {
  const calls: CallRecord[] = [];
  const find = async (by: LookBy | null): Promise<CarrierLine | null> => {
    if (by === null) return null;
    const { result, record } = await thingspace.findLine(provider, by);
    calls.push(record);
    if (!result.ok) throw new LookFailed(result.error);
    return result.value;
  };
  try {
    const { look, seen } = await lookAtLine(row, find);
    return { decision: decideLook(look, verdict, seen), calls };
  } catch (error) {
    if (!(error instanceof LookFailed)) throw error;
    const { retryAfterMs } = error.fault;
    const fault = plainFault(error.fault);
    const runAt = retryAfterMs === null ? null : now() + retryAfterMs;
    return {
      decision: { kind: 'wait', runAt, fault, detail: `The line could not be read back: ${fault.code}` },
      calls,
    };
  }
}

class LookFailed extends Error {
  constructor(readonly fault: CallFault) {
    super(fault.code);
  }
}

async function lookAtLine(
  row: JudgedRow,
  find: (by: LookBy | null) => Promise<CarrierLine | null>,
): Promise<{ look: Look; seen: string }> {
  const plan = planLook(row);
  const stable = await find(plan.stable);
  if (stable !== null && plan.stable !== null) {
    return { look: compareLine(row, stable), seen: `Read back by ${plan.stable.kind}: ${describe(stable)}` };
  }
  const gone = plan.stable === null ? 'The row has no identifier that stays' : `No line has its ${plan.stable.kind}`;
  const stale = await find(plan.stale);
  const fresh = stale === null ? await find(plan.fresh) : null;
  const kind = plan.fresh?.kind ?? 'identifier';
  const found =
    stale !== null
      ? `under the old ${kind}: ${describe(stale)}`
      : fresh !== null
        ? `under the new ${kind}, and none under the old one: ${describe(fresh)}`
        : `neither under the old nor under the new ${kind}`;
  return { look: compareBoth(row, fresh, stale), seen: `${gone}; found ${found}` };
}

function describe(line: CarrierLine): string {
  return `ICCID ${line.iccid === '' ? 'none' : line.iccid}, IMEI ${line.imei ?? 'none'}, ${line.status}`;
}
