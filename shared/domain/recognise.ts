import { parseEid } from './eid';
import { parseIccid } from './iccid';
import { parseImei } from './imei';
import { parseImsi } from './imsi';
import { parseMdn } from './mdn';
import { parseMeid } from './meid';

export type IdentifierKind = 'eid' | 'iccid' | 'imei' | 'meid' | 'mdn' | 'imsi';

/**
 * What kind of identifier a text is, if its form leaves little doubt: to tell a person that two columns were exchanged.
 * It decides nothing. An ICCID is recognised by its beginning, as other 19- and 20-digit numbers are not; an IMSI, which
 * has no check digit, only where nothing else fits.
 */
export function recogniseIdentifier(text: string): IdentifierKind | null {
  if (parseEid(text).ok) return 'eid';
  const iccid = parseIccid(text);
  if (iccid.ok && iccid.value.startsWith('89')) return 'iccid';
  if (parseImei(text).ok) return 'imei';
  const meid = parseMeid(text);
  // 18 and 19 decimal digits are more often a cut ICCID than the decimal form of a MEID.
  if (meid.ok && text.trim().length <= 15) return 'meid';
  if (parseMdn(text).ok) return 'mdn';
  const imsi = parseImsi(text);
  return imsi.ok && imsi.value.length >= 14 ? 'imsi' : null;
}
