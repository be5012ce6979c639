/** `POST /devices/history/actions/list` (VZ Retrieve Device Provisioning History; names from the SDK's models). */
import { ok, refusal, refused, type Answer } from './answers';
import type { Carrier } from './carrier';
import type { Line } from './fleet';
import { isObject, textOf } from './json';
import { checkBody, readIdentifiers } from './swap-rules';

/** The history hangs on what the line is now: an identifier that it had before finds nothing. */
export function provisioningHistory(carrier: Carrier, account: string, body: unknown): Answer {
  const fault = checkBody(body);
  if (fault !== undefined || !isObject(body)) return refused(fault ?? refusal('unreadable', 'Not an object.'));
  const wanted = readIdentifiers([body['deviceId']]);
  if (!wanted.ok) return refused(wanted.refusal);
  const earliest = Date.parse(textOf(body['earliest']) ?? '');
  const latest = Date.parse(textOf(body['latest']) ?? '');
  if (!(earliest <= latest)) return refused(refusal('unexpected', 'REQUEST_FAILED. Earliest and latest are needed.'));
  const [identifier] = wanted.value;
  const line = identifier === undefined ? undefined : carrier.state.lines.find(identifier);
  if (line?.account !== account) return refused(refusal('deviceNotFound', 'REQUEST_FAILED. The device was not found.'));
  const within = eventsOf(line).filter((event) => {
    const at = Date.parse(event.occurredAt);
    return at >= earliest && at <= latest;
  });
  // An array of one, by the SDK's result type.
  return ok([{ hasMoreData: false, provisioningHistory: within }]);
}

function eventsOf(line: Line): readonly { readonly occurredAt: string; readonly eventType: string }[] {
  const common = {
    status: 'Success',
    eventBy: 'Training',
    servicePlan: line.servicePlan,
    ...(line.mdn === null ? {} : { mdn: line.mdn, msisdn: `1${line.mdn}` }),
    extendedAttributes: [],
  };
  return [
    { occurredAt: line.createdAt, eventType: 'Activate', ...common },
    ...(line.swappedAt === null ? [] : [{ occurredAt: line.swappedAt, eventType: 'Device Move', ...common }]),
  ];
}
