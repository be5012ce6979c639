import { draw, drawBetween } from './chance';
import { DEFAULT_ACCOUNTS, SERVICE_PLANS, trainingAccounts } from './facts';
import { eidCheckDigits, luhnDigit } from './identifiers';

/** States in the words of the device list (`carrierInformations[].state`). */
export const LINE_STATES = ['active', 'deactive', 'suspend', 'pre-active'] as const;
export type LineState = (typeof LINE_STATES)[number];

/** One line as ThingSpace holds it. `deviceId` is its own number, which never changes; everything else may. */
export interface Line {
  readonly deviceId: number;
  readonly account: string;
  readonly iccid: string;
  readonly imei: string;
  readonly mdn: string | null;
  readonly eid: string | null;
  readonly state: LineState;
  readonly servicePlan: string;
  readonly createdAt: string;
  readonly connected: boolean;
  readonly lastConnectionAt: string | null;
  /** The IMEI before the last change (attribute `PreIMEI`). */
  readonly preImei: string | null;
  /** When the last swap was made; a swapped line is off the network until it connects again. */
  readonly swappedAt: string | null;
  /** Times of its plan changes, for the limit of four in a month. */
  readonly planChangedAt: readonly string[];
}

export const FIRST_DEVICE_ID = 398_000_001;
const FIRST_CREATED_MS = Date.UTC(2022, 0, 3, 8);
const CREATED_STEP_MS = 97_000;
/** Last connections lie in the days before this one. */
const SEEN_BEFORE_MS = Date.UTC(2026, 10, 20);
const SEEN_WITHIN_MS = 5 * 24 * 60 * 60_000;
/** INVENTED type allocation codes; 8 of them times a million serial numbers. */
const TYPE_CODES = ['35912301', '35912302', '35912303', '35912304', '35912305', '86543201', '86543202', '86543203'];
/** A prime that divides neither modulus below: steps of this size visit every number once before any repeats. */
const STEP = 7919;

/**
 * The lines of a simulator started with `--lines count --seed seed`: a pure function, so that whoever must know them
 * beforehand (a training script, a test) can compute them, though the device list gives the same lines over the wire.
 * Line `i` is the same for every count. Numbers are spread, valid and never repeat below 7 million lines; MDNs lie in
 * exchange 555. Nine in ten lines are active; deactive and pre-active ones have no MDN.
 */
export function seededFleet(count: number, seed: number, accounts = DEFAULT_ACCOUNTS): Line[] {
  const names = trainingAccounts(accounts).map((entry) => entry.account);
  return Array.from({ length: count }, (_, index) => seededLine(index, seed, names));
}

function seededLine(index: number, seed: number, accounts: readonly string[]): Line {
  const state = seededState(index, seed);
  const createdMs = FIRST_CREATED_MS + index * CREATED_STEP_MS;
  const live = state === 'active';
  const seenMs = SEEN_BEFORE_MS - drawBetween(seed, 'seen', index, 0, SEEN_WITHIN_MS);
  return {
    deviceId: FIRST_DEVICE_ID + index,
    account: accounts[index % accounts.length] ?? '',
    iccid: seededIccid(index, seed),
    imei: seededImei(index, seed),
    mdn: live || state === 'suspend' ? seededMdn(index, seed) : null,
    eid: draw(seed, 'has-eid', index) < 0.2 ? seededEid(index, seed) : null,
    state,
    servicePlan: SERVICE_PLANS[drawBetween(seed, 'plan', index, 0, SERVICE_PLANS.length - 1)]?.code ?? '',
    createdAt: isoTime(createdMs),
    connected: live && draw(seed, 'connected', index) < 0.8,
    lastConnectionAt: live ? isoTime(seenMs) : null,
    preImei: null,
    swappedAt: null,
    planChangedAt: [],
  };
}

function seededState(index: number, seed: number): LineState {
  const chance = draw(seed, 'state', index);
  if (chance < 0.9) return 'active';
  if (chance < 0.95) return 'deactive';
  return chance < 0.98 ? 'suspend' : 'pre-active';
}

function spread(index: number, seed: number, stream: string, modulus: number): number {
  return (index * STEP + drawBetween(seed, stream, 0, 0, modulus - 1)) % modulus;
}

function seededIccid(index: number, seed: number): string {
  const stem = `8914800000${String(spread(index, seed, 'iccid', 1_000_000_000)).padStart(9, '0')}`;
  return stem + luhnDigit(stem);
}

function seededImei(index: number, seed: number): string {
  const code = TYPE_CODES[index % TYPE_CODES.length] ?? '';
  const serial = spread(Math.floor(index / TYPE_CODES.length), seed, 'imei', 1_000_000);
  const stem = code + String(serial).padStart(6, '0');
  return stem + luhnDigit(stem);
}

function seededMdn(index: number, seed: number): string {
  const number = spread(index, seed, 'mdn', 7_200_000);
  const area = 210 + (Math.floor(number / 10_000) % 720);
  return `${area}555${String(number % 10_000).padStart(4, '0')}`;
}

function seededEid(index: number, seed: number): string {
  const first30 = `89049032000000000000${String(spread(index, seed, 'eid', 1_000_000_000)).padStart(10, '0')}`;
  return first30 + eidCheckDigits(first30);
}

/** ISO 8601 in UTC without fractions, as ThingSpace writes its dates. */
export function isoTime(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
