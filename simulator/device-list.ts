/** `POST /devices/actions/list` (VZ Retrieve Device Information) and its helper for mismatched pairs. */
import { ok, refusal, refused, type Answer } from './answers';
import type { Carrier } from './carrier';
import { DEVICE_PAGE_LIMIT } from './facts';
import { isoTime, type Line } from './fleet';
import { parseKind, type Identifier, type Kind } from './identifiers';
import { isObject, listOf, textOf, type JsonObject } from './json';
import { checkBody, readIdentifiers } from './swap-rules';

type LineTest = (line: Line) => boolean;

/** 200 when this was the last page, 202 when there is more. */
export function listDevices(carrier: Carrier, account: string, body: unknown): Answer {
  const request = body ?? {};
  const fault = checkBody(request);
  if (fault !== undefined || !isObject(request)) return refused(fault ?? refusal('unreadable', 'Not an object.'));
  const named = textOf(request['accountName']);
  if (named !== undefined && named !== '' && named !== account)
    return refused(refusal('accountNotFound', 'REQUEST_FAILED. The account was not found.'));
  const single = request['deviceId'] !== undefined && request['deviceId'] !== null;
  if (single || request['deviceList'] !== undefined) {
    const wanted = readIdentifiers(single ? [request['deviceId']] : request['deviceList']);
    if (!wanted.ok) return refused(wanted.refusal);
    return listNamed(carrier, account, wanted.value);
  }
  const tests = readTests(request);
  if (!('every' in tests)) return tests;
  return listPage(carrier, request, [(line) => line.account === account, ...tests]);
}

function listNamed(carrier: Carrier, account: string, wanted: readonly Identifier[]): Answer {
  const found = new Set<Line>();
  for (const identifier of wanted) {
    const line = carrier.state.lines.find(identifier);
    if (line?.account === account) found.add(line);
  }
  if (found.size === 0 && carrier.settings.unknownDevice === 'error')
    return refused(refusal('deviceNotFound', 'REQUEST_FAILED. The device was not found.'));
  return ok({ hasMoreData: false, devices: [...found].map((line) => device(carrier, line, 'full')) });
}

function listPage(carrier: Carrier, request: JsonObject, tests: readonly LineTest[]): Answer {
  const { lines } = carrier.state;
  const limit = Math.min(Number(request['maxNumberOfDevices'] ?? 0) || DEVICE_PAGE_LIMIT, DEVICE_PAGE_LIMIT);
  // Without a cursor the order is by creation, which is the order of the ids too.
  const cursor = Number(request['largestDeviceIdSeen'] ?? 0) || 0;
  const devices: unknown[] = [];
  const all = lines.all();
  for (let at = lines.firstAfter(cursor); at < all.length; at += 1) {
    const line = all[at];
    if (line === undefined || !tests.every((test) => test(line))) continue;
    if (devices.length === limit) return { status: 202, body: { hasMoreData: true, devices } };
    devices.push(device(carrier, line, 'page'));
  }
  return ok({ hasMoreData: false, devices });
}

/** The filters, all of which must hold. */
function readTests(request: JsonObject): LineTest[] | Answer {
  const tests: LineTest[] = [];
  const state = textOf(request['currentState']);
  if (state !== undefined && state !== '') tests.push((line) => line.state === plainState(state));
  const plan = textOf(request['servicePlan']);
  if (plan !== undefined && plan !== '') tests.push((line) => line.servicePlan === plan);
  const group = textOf(request['groupName']);
  if (group !== undefined && group !== '') tests.push((line) => groupOf(line) === group);
  for (const [key, fits] of [
    ['earliest', (created: number, bound: number) => created >= bound],
    ['latest', (created: number, bound: number) => created <= bound],
  ] as const) {
    const text = textOf(request[key]);
    if (text === undefined || text === '') continue;
    const bound = Date.parse(text);
    if (Number.isNaN(bound)) return refused(refusal('unreadable', `${key} is not a date.`));
    tests.push((line) => fits(Date.parse(line.createdAt), bound));
  }
  // The simulated lines carry no custom fields, so that none can match.
  if ((listOf(request['customFields'])?.length ?? 0) > 0) tests.push(() => false);
  const filter = isObject(request['filter']) ? request['filter'] : {};
  for (const item of listOf(filter['deviceIdentifierFilters']) ?? []) {
    const test = identifierTest(item);
    if (test === undefined) return refused(refusal('kindInvalid', 'INPUT_INVALID. The device kind is not valid.'));
    tests.push(test);
  }
  return tests;
}

function identifierTest(item: unknown): LineTest | undefined {
  const kind = isObject(item) ? parseKind(textOf(item['kind']) ?? '') : undefined;
  if (kind === undefined || !isObject(item)) return undefined;
  const text = (key: string): string => textOf(item[key]) ?? '';
  return (line) => {
    const id = identifierOf(line, kind);
    if (id === null) return false;
    return id.includes(text('contains')) && id.startsWith(text('startswith')) && id.endsWith(text('endswith'));
  };
}

function identifierOf(line: Line, kind: Kind): string | null {
  if (kind === 'iccid' || kind === 'imei' || kind === 'mdn' || kind === 'eid') return line[kind];
  return kind === 'msisdn' && line.mdn !== null ? `1${line.mdn}` : null;
}

/** `Activate`, `active`, `Deactive`, `deactivated`, `Suspend`, `Pre-active` …: VZ and its samples differ. */
function plainState(text: string): string {
  const lower = text.toLowerCase();
  if (lower.startsWith('pre')) return 'pre-active';
  if (lower.startsWith('de')) return 'deactive';
  return lower.startsWith('s') ? 'suspend' : 'active';
}

const groupOf = (line: Line): string => `Default: ${line.account}`;

/** Whether the line is on the network: a swapped one only after it connected again. */
export function connection(carrier: Carrier, line: Line): { connected: boolean; lastConnectionAt: string | null } {
  const { connectAfterMs } = carrier.settings;
  if (line.connected || line.swappedAt === null || connectAfterMs === null) return line;
  const atMs = Date.parse(line.swappedAt) + connectAfterMs;
  if (atMs > carrier.now()) return line;
  return { connected: true, lastConnectionAt: isoTime(atMs) };
}

/** A device as the list shows it (SDK `ThingspaceDevice`); kinds are spelled as in captured answers. */
function device(carrier: Carrier, line: Line, detail: 'page' | 'full'): unknown {
  const { connected, lastConnectionAt } = connection(carrier, line);
  const hasNumber = line.mdn !== null;
  return {
    accountName: line.account,
    billingCycleEndDate: `${carrier.isoNow().slice(0, 7)}-28T00:00:00Z`,
    carrierInformations: [{ carrierName: 'Verizon Wireless', servicePlan: line.servicePlan, state: line.state }],
    connected,
    createdAt: line.createdAt,
    customFields: [],
    deviceIds: [
      ...(hasNumber ? [{ id: line.mdn, kind: 'mdn' }] : []),
      { id: line.imei, kind: 'imei' },
      { id: line.iccid, kind: 'iccId' },
      ...(hasNumber ? [{ id: `1${line.mdn}`, kind: 'msisdn' }] : []),
      ...(line.eid === null ? [] : [{ id: line.eid, kind: 'eid' }]),
    ],
    extendedAttributes: attributes(carrier, line, detail),
    groupNames: [groupOf(line)],
    ...(hasNumber ? { ipAddress: `100.64.${(line.deviceId >> 8) & 255}.${line.deviceId & 255}` } : {}),
    lastActivationBy: 'Training',
    lastActivationDate: line.createdAt,
    ...(lastConnectionAt === null ? {} : { lastConnectionDate: lastConnectionAt }),
  };
}

/** Pages carry what paging needs; a single device everything, invented personal data included, as the carrier does. */
function attributes(carrier: Carrier, line: Line, detail: 'page' | 'full'): { key: string; value?: string }[] {
  const list: { key: string; value?: string }[] = [{ key: 'DeviceId', value: String(line.deviceId) }];
  if (line.preImei !== null) list.push({ key: 'PreIMEI', value: line.preImei });
  if (carrier.settings.attributesWithoutValue) list.push({ key: 'SmsrOid' }, { key: 'ProfileStatus' });
  if (detail === 'page') return list;
  const more: readonly (readonly [string, string])[] = [
    ['AccountNumber', line.account],
    ['ServiceStateStartDate', line.createdAt],
    ['PrimaryPlaceOfUseFirstName', 'Terry'],
    ['PrimaryPlaceOfUseLastName', 'Training'],
    ['PrimaryPlaceOfUseAddressLine1', '1 Example Street'],
    ['PrimaryPlaceOfUseCity', 'Springfield'],
    ['PrimaryPlaceOfUseZipCode', '00000'],
  ];
  return [...list, ...more.map(([key, value]) => ({ key, value }))];
}

/** `POST /devices/actions/list/imeiiccidmismatch`: lines whose IMEI is not the one they were set up with. */
export function listMismatches(carrier: Carrier, account: string): Answer {
  const devices = carrier.state.lines
    .all()
    .filter((line) => line.account === account && line.preImei !== null)
    .map((line) => ({
      accountName: line.account,
      ...(line.mdn === null ? {} : { mdn: line.mdn }),
      activationDate: line.createdAt,
      iccid: line.iccid,
      preImei: line.preImei,
      postImei: line.imei,
      ...(line.swappedAt === null ? {} : { simOtaDate: line.swappedAt }),
    }));
  return ok({ devices });
}
