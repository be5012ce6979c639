/**
 * Identifier kinds and their formats as ThingSpace takes them (VZ, SDK `DeviceId`: ICCID up to 20 digits, IMEI up to 16,
 * MEID hexadecimal, ESN decimal, EID 32 digits). Check digits are made for the seeded lines but not demanded of a
 * request: Verizon's own samples contain ICCIDs and IMEIs that fail them.
 */
export const KINDS = ['iccid', 'imei', 'mdn', 'msisdn', 'eid', 'imsi', 'meid', 'esn'] as const;
export type Kind = (typeof KINDS)[number];

const FORMATS: Readonly<Record<Kind, RegExp>> = {
  iccid: /^\d{18,20}$/,
  imei: /^\d{14,16}$/,
  mdn: /^\d{10}$/,
  msisdn: /^\d{10,15}$/,
  eid: /^\d{32}$/,
  imsi: /^\d{6,15}$/,
  meid: /^(?:[0-9a-f]{14}|\d{18})$/i,
  esn: /^(?:\d{11}|[0-9a-f]{8})$/i,
};

/** An identifier as it stands in a request, its kind in lower case. */
export interface Identifier {
  readonly kind: Kind;
  readonly id: string;
}

/** The kind without regard to case: ThingSpace itself writes `iccId`, `Iccid` and `ICCID`. */
export function parseKind(raw: string): Kind | undefined {
  const lower = raw.toLowerCase();
  return KINDS.find((kind) => kind === lower);
}

/** Whether the text has the form of its kind. */
export function fitsKind(kind: Kind, id: string): boolean {
  return FORMATS[kind].test(id);
}

/** Luhn check digit of a text of digits (ITU-T E.118 for ICCID, 3GPP TS 23.003 annex B for IMEI). */
export function luhnDigit(stem: string): string {
  let sum = 0;
  let double = true;
  for (let at = stem.length - 1; at >= 0; at -= 1) {
    let digit = stem.charCodeAt(at) - 48;
    if (double) {
      digit *= 2;
      if (digit > 9) digit -= 9;
    }
    sum += digit;
    double = !double;
  }
  return String((10 - (sum % 10)) % 10);
}

/** Check digits of the first 30 digits of an EID: ISO 7064 mod 97-10, as GSMA SGP.02 has it. */
export function eidCheckDigits(first30: string): string {
  return String(98n - ((BigInt(first30) * 100n) % 97n)).padStart(2, '0');
}
