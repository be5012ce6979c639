import { INVENTED_CODES, type InventedCodes } from './facts';
import { FAULT_KEYS, type Fault } from './fault-kinds';
import { isObject, listOf, type JsonObject } from './json';

/** Names of the endpoints, for rules and for counting. */
export const ENDPOINTS = [
  ...['token', 'revoke', 'login', 'logout', 'password', 'swap', 'list', 'mismatch', 'plan', 'plans', 'delete'],
  ...['history', 'callback-register', 'callback-list', 'callback-deregister', 'request-status'],
] as const;

/** When a fault happens. Counts are of the requests that match endpoint, account and identifier, from 1 on. */
export interface FaultRule {
  readonly endpoint: readonly string[];
  readonly identifier?: string;
  readonly account?: string;
  readonly nth?: readonly number[];
  readonly every?: number;
  readonly probability?: number;
  readonly times?: number;
  readonly fault: Fault;
}

/** Behaviour that is confirmed nowhere, or that a test wants otherwise. */
export interface Settings {
  /** Where a broken rule shows: 400, a Failed callback, or (mixed) the callback only for identifiers in use. */
  readonly ruleFailures: 'mixed' | 'sync' | 'callback';
  /** The device list for an identifier that no line has: 400 `DeviceNotFound`, or 200 with no devices. */
  readonly unknownDevice: 'error' | 'empty';
  /** The request-status call for a swap: an error as documented, or an answer as one integrator saw it. */
  readonly requestStatus: 'error' | 'answer';
  /** Extended attributes without `value`, as the real service sends them; a generated client may refuse them. */
  readonly attributesWithoutValue: boolean;
  /** Only the documented listener ports. */
  readonly strictPorts: boolean;
  /** How long a listener may take to acknowledge, in real time. */
  readonly callbackTimeoutMs: number;
  /** A swapped line connects by itself after this time; null: only when told to. */
  readonly connectAfterMs: number | null;
  readonly codes: InventedCodes;
}

export const DEFAULT_SETTINGS: Settings = {
  ruleFailures: 'mixed',
  unknownDevice: 'error',
  requestStatus: 'error',
  attributesWithoutValue: false,
  strictPorts: false,
  callbackTimeoutMs: 10_000,
  connectAfterMs: null,
  codes: INVENTED_CODES,
};

/** A part of the settings; of the codes, too, only those that shall change. */
export type SettingsPatch = Partial<Omit<Settings, 'codes'>> & { readonly codes?: Partial<InventedCodes> };

/** The content of a fault file, checked. */
export interface FaultFile {
  readonly settings: SettingsPatch;
  readonly rules: readonly FaultRule[];
}

/** The file says something that the simulator does not understand; the message names the place. */
export class FaultFileError extends Error {}

/** A patch in which every key may be missing or undefined, laid over the settings. */
export function mergeSettings(settings: Settings, patch: SettingsPatch): Settings {
  return { ...settings, ...patch, codes: { ...settings.codes, ...patch.codes } };
}

/** Reads `{settings, rules}`, or a bare list of rules. */
export function readFaultFile(content: unknown): FaultFile {
  const bare = listOf(content);
  if (bare !== undefined) return { settings: {}, rules: bare.map(readRule) };
  if (!isObject(content)) throw new FaultFileError('expected {"settings":{…},"rules":[…]} or a list of rules');
  refuseOthers(content, ['settings', 'rules', 'comment'], 'file');
  const rules = content['rules'] === undefined ? [] : listOf(content['rules']);
  if (rules === undefined) throw new FaultFileError('rules: expected a list');
  return { settings: readSettings(content['settings'] ?? {}), rules: rules.map(readRule) };
}

const SETTING_CHECKS: Readonly<Record<keyof Omit<Settings, 'codes'>, (value: unknown) => boolean>> = {
  ruleFailures: (value) => value === 'mixed' || value === 'sync' || value === 'callback',
  unknownDevice: (value) => value === 'error' || value === 'empty',
  requestStatus: (value) => value === 'error' || value === 'answer',
  attributesWithoutValue: (value) => typeof value === 'boolean',
  strictPorts: (value) => typeof value === 'boolean',
  callbackTimeoutMs: (value) => typeof value === 'number' && value > 0,
  connectAfterMs: (value) => value === null || (typeof value === 'number' && value >= 0),
};

/** Checks a part of the settings. */
export function readSettings(content: unknown): SettingsPatch {
  if (!isObject(content)) throw new FaultFileError('settings: expected an object');
  refuseOthers(content, [...Object.keys(SETTING_CHECKS), 'codes'], 'settings');
  for (const [name, fits] of Object.entries(SETTING_CHECKS)) {
    if (name in content && !fits(content[name])) throw new FaultFileError(`settings.${name}: not allowed`);
  }
  const codes = content['codes'] ?? {};
  if (!isObject(codes)) throw new FaultFileError('settings.codes: expected an object');
  refuseOthers(codes, Object.keys(INVENTED_CODES), 'settings.codes');
  return content;
}

const RULE_KEYS = ['endpoint', 'identifier', 'account', 'nth', 'every', 'probability', 'times', 'fault', 'comment'];

function readRule(content: unknown, index: number): FaultRule {
  const place = `rules[${index}]`;
  if (!isObject(content)) throw new FaultFileError(`${place}: expected an object`);
  refuseOthers(content, RULE_KEYS, place);
  const nth = content['nth'] === undefined ? undefined : oneOrMore(content['nth']);
  if (nth?.some((value) => !isPositive(value)) === true)
    throw new FaultFileError(`${place}.nth: expected counts from 1`);
  for (const key of ['every', 'times'] as const) {
    if (key in content && !isPositive(content[key]))
      throw new FaultFileError(`${place}.${key}: expected a count from 1`);
  }
  const probability = content['probability'];
  if (probability !== undefined && !(typeof probability === 'number' && probability >= 0 && probability <= 1))
    throw new FaultFileError(`${place}.probability: expected 0 to 1`);
  for (const key of ['identifier', 'account'] as const) {
    if (key in content && typeof content[key] !== 'string') throw new FaultFileError(`${place}.${key}: expected text`);
  }
  return {
    ...(content as Partial<FaultRule>),
    ...(nth === undefined ? {} : { nth: nth as number[] }),
    endpoint: readEndpoints(content['endpoint'], place),
    fault: readFault(content['fault'], `${place}.fault`),
  };
}

function readEndpoints(content: unknown, place: string): string[] {
  const names = oneOrMore(content ?? 'swap');
  for (const name of names) {
    if (name === '*' || ENDPOINTS.some((known) => known === name)) continue;
    throw new FaultFileError(`${place}.endpoint: unknown "${String(name)}"; one of *, ${ENDPOINTS.join(', ')}`);
  }
  return names as string[];
}

function readFault(content: unknown, place: string): Fault {
  if (!isObject(content)) throw new FaultFileError(`${place}: expected an object with "kind"`);
  const kind = content['kind'];
  const known = Object.entries(FAULT_KEYS).find(([name]) => name === kind)?.[1];
  if (known === undefined)
    throw new FaultFileError(`${place}.kind: unknown "${String(kind)}"; one of ${Object.keys(FAULT_KEYS).join(', ')}`);
  refuseOthers(content, ['kind', ...Object.keys(known.needed), ...Object.keys(known.free)], place);
  for (const [key, fits] of Object.entries(known.needed)) {
    if (!fits(content[key])) throw new FaultFileError(`${place}.${key}: missing or not allowed`);
  }
  for (const [key, fits] of Object.entries(known.free)) {
    if (key in content && !fits(content[key])) throw new FaultFileError(`${place}.${key}: not allowed`);
  }
  // Kind and keys were checked against the table above.
  return content as unknown as Fault;
}

function oneOrMore(content: unknown): readonly unknown[] {
  return listOf(content) ?? [content];
}

function isPositive(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1;
}

function refuseOthers(content: JsonObject, allowed: readonly string[], place: string): void {
  const other = Object.keys(content).find((key) => !allowed.includes(key));
  if (other !== undefined) throw new FaultFileError(`${place}: unknown key "${other}"`);
}
