import { z } from 'zod';
import type { ChangeType } from '../../../../shared/domain/change';
import { cleanIdentifier } from '../../../../shared/domain/clean-identifier';
import { readIccid } from '../../../../shared/domain/iccid';
import { parseImei } from '../../../../shared/domain/imei';
import { recogniseIdentifier } from '../../../../shared/domain/recognise';

/**
 * Scanning: one scan after another fills the places of a pair; a full pair is put aside and the next one begins. In a pair
 * of two cards the order says which is the old one, so a scan out of order is told by the copy of the lines; in a pair of
 * a card and a device the number itself says what it is, and any order will do.
 */
export const SCAN_MODES = ['cards', 'devices', 'deviceOfCard', 'cardOfDevice', 'both'] as const;
export type ScanMode = (typeof SCAN_MODES)[number];

const scanFieldSchema = z.enum(['oldIccid', 'newIccid', 'oldImei', 'newImei']);
export type ScanField = z.infer<typeof scanFieldSchema>;

export interface ModeRule {
  readonly words: string;
  readonly changeType: ChangeType;
  readonly places: readonly ScanField[];
}

export const MODE_RULES: Readonly<Record<ScanMode, ModeRule>> = {
  cards: { words: 'Old SIM → new SIM', changeType: 'ChangeICCID', places: ['oldIccid', 'newIccid'] },
  devices: { words: 'Old device → new device', changeType: 'ChangeIMEI', places: ['oldImei', 'newImei'] },
  deviceOfCard: { words: 'SIM + its new device', changeType: 'ChangeIMEI', places: ['oldIccid', 'newImei'] },
  cardOfDevice: { words: 'Device + its new SIM', changeType: 'ChangeICCID', places: ['oldImei', 'newIccid'] },
  both: {
    words: 'Old SIM → new SIM + new device',
    changeType: 'ChangeIMEIandICCID',
    places: ['oldIccid', 'newIccid', 'newImei'],
  },
};

export const PLACE_WORDS: Readonly<Record<ScanField, string>> = {
  oldIccid: 'old SIM',
  newIccid: 'new SIM',
  oldImei: 'old device',
  newImei: 'new device',
};

const scanSchema = z.object({
  field: scanFieldSchema,
  value: z.string(),
  /** The line, or the row of a draft, that an old number names. */
  holder: z.object({ id: z.number().int(), words: z.string() }).nullable(),
});
export type Scan = z.infer<typeof scanSchema>;

export const scanStateSchema = z.object({ mode: z.enum(SCAN_MODES), scans: z.array(scanSchema).max(15_000) });
/** All scans that were accepted, in order: the last ones may be half a pair. */
export type ScanState = Readonly<z.infer<typeof scanStateSchema>>;

export type ScannedPair = Readonly<Partial<Record<ScanField, Scan>>>;

export function pairsOf({ mode, scans }: ScanState): {
  readonly whole: readonly ScannedPair[];
  readonly half: ScannedPair;
} {
  const size = MODE_RULES[mode].places.length;
  const all: ScannedPair[] = [];
  for (let at = 0; at < scans.length; at += size) {
    all.push(Object.fromEntries(scans.slice(at, at + size).map((scan) => [scan.field, scan])));
  }
  const isHalf = scans.length % size !== 0;
  return { whole: isHalf ? all.slice(0, -1) : all, half: isHalf ? (all.at(-1) ?? {}) : {} };
}

/** Places of the pair that has begun which are still open, in order. */
export function openPlaces(state: ScanState): readonly ScanField[] {
  const { half } = pairsOf(state);
  return MODE_RULES[state.mode].places.filter((field) => half[field] === undefined);
}

/** What may be scanned next: of two open places of one kind only the first, since the order tells them apart. */
function nextPlaces(state: ScanState): readonly ScanField[] {
  const open = openPlaces(state);
  return open.filter((field) => open.find((one) => kindOf(one) === kindOf(field)) === field);
}

export function nextWords(state: ScanState): string {
  return nextPlaces(state)
    .map((field) => PLACE_WORDS[field])
    .join(' or the ');
}

export function withoutLast(state: ScanState): ScanState {
  return { ...state, scans: state.scans.slice(0, -1) };
}

/** @param index of a whole pair, from 0 */
export function withoutPair(state: ScanState, index: number): ScanState {
  const size = MODE_RULES[state.mode].places.length;
  return { ...state, scans: state.scans.filter((_, at) => Math.floor(at / size) !== index) };
}

/** The first whole pairs have become rows; what came after them stays, half a pair too. */
export function withoutFirst(state: ScanState, pairs: number): ScanState {
  return { ...state, scans: state.scans.slice(pairs * MODE_RULES[state.mode].places.length) };
}

export type Code =
  | { readonly ok: true; readonly kind: 'iccid' | 'imei'; readonly value: string; readonly doubt: string | null }
  | { readonly ok: false; readonly why: string };

/** What a scanner has typed, by form and check digit. */
export function readCode(raw: string): Code {
  const iccid = readIccid(raw);
  if (iccid.result.ok && iccid.result.value.startsWith('89')) {
    const isOdd = iccid.warnings.includes('iccid-check-digit');
    const doubt = isOdd ? 'Its check digit is not right: compare it with the card.' : null;
    return { ok: true, kind: 'iccid', value: iccid.result.value, doubt };
  }
  const imei = parseImei(raw);
  if (imei.ok) return { ok: true, kind: 'imei', value: imei.value, doubt: null };
  return { ok: false, why: whyNot(raw) };
}

function whyNot(raw: string): string {
  const { text } = cleanIdentifier(raw);
  const seen = text.length > 40 ? `${text.slice(0, 39)}…` : text;
  const kind = recogniseIdentifier(raw);
  if (kind === 'eid') return `${seen} is the EID of an eSIM. Scan the ICCID.`;
  if (kind === 'meid') return `${seen} is a MEID. Scan the IMEI.`;
  if (kind === 'mdn' || kind === 'imsi')
    return `${seen} is a telephone number or an IMSI. Scan the card or the device.`;
  if (/^\d{15}$/.test(text)) return `${seen} has 15 digits like an IMEI, and its check digit is wrong. Scan it again.`;
  return `“${seen}” is neither an ICCID nor an IMEI. Scan the barcode beside it.`;
}

/** Who has a number now: a line of the mirror, or a row of the draft that is being filled in. */
export interface Holder {
  readonly id: number;
  readonly words: string;
  /** Why it can't be the old one; null: it can. */
  readonly unfit: string | null;
  /** The number is free to be used again. */
  readonly gone: boolean;
}

export type Outcome =
  | { readonly kind: 'accepted'; readonly scan: Scan; readonly words: string }
  | { readonly kind: 'doubtful'; readonly scan: Scan; readonly words: string }
  | { readonly kind: 'repeat' | 'order' | 'refused'; readonly words: string };

/** Where the number would go; null: nowhere in this pair. */
export function placeFor(state: ScanState, kind: 'iccid' | 'imei'): ScanField | null {
  return openPlaces(state).find((field) => kindOf(field) === kind) ?? null;
}

export function kindOf(field: ScanField): 'iccid' | 'imei' {
  return field === 'oldIccid' || field === 'newIccid' ? 'iccid' : 'imei';
}

export function isOld(field: ScanField): boolean {
  return field === 'oldIccid' || field === 'oldImei';
}

/** What is said before anybody is asked who has the number; null: the holder decides. */
export function judgeBefore(state: ScanState, code: Code): Outcome | null {
  if (!code.ok) return { kind: 'refused', words: code.why };
  const at = state.scans.findIndex(({ value }) => value === code.value);
  if (at !== -1) {
    const pair = Math.floor(at / MODE_RULES[state.mode].places.length) + 1;
    return { kind: 'repeat', words: `This one was scanned already, in pair ${pair}. Nothing was changed.` };
  }
  if (placeFor(state, code.kind) !== null) return null;
  const thing = code.kind === 'iccid' ? 'a SIM' : 'a device';
  return { kind: 'refused', words: `This is ${thing}. Scan the ${nextWords(state)}.` };
}

/**
 * @param holder who has the number; null: nobody, as far as the copy of the lines tells
 * @param nobody said when nobody has an old number
 */
export function judgeScan(
  state: ScanState,
  code: Extract<Code, { ok: true }>,
  holder: Holder | null,
  nobody: string,
): Outcome {
  const field = placeFor(state, code.kind);
  if (field === null) return { kind: 'refused', words: 'This number has no place in the pair.' };
  const thing = code.kind === 'iccid' ? 'SIM' : 'device';
  if (isOld(field)) {
    if (holder === null)
      return { kind: 'order', words: `${nobody} If this is the new ${thing}, scan the old one first.` };
    if (holder.unfit !== null) return { kind: 'refused', words: holder.unfit };
  } else if (holder !== null && !holder.gone) {
    return { kind: 'order', words: `This ${thing} is in use: ${holder.words}. Scan the new one.` };
  }
  const kept = isOld(field) && holder !== null ? { id: holder.id, words: holder.words } : null;
  const scan: Scan = { field, value: code.value, holder: kept };
  const isWhole = (state.scans.length + 1) % MODE_RULES[state.mode].places.length === 0;
  const words = isWhole
    ? 'The pair is whole. Scan the next one.'
    : `${kept === null ? `Taken as the ${PLACE_WORDS[field]}` : kept.words}. Now the ${nextWords({ ...state, scans: [...state.scans, scan] })}.`;
  return code.doubt === null
    ? { kind: 'accepted', scan, words }
    : { kind: 'doubtful', scan, words: `${code.doubt} ${words}` };
}
