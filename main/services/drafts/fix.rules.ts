import type { Field, Finding } from '../../../shared/domain/finding';
import type { FixableFinding } from '../../../shared/domain/fixable';
import { readIccid } from '../../../shared/domain/iccid';
import { readImei } from '../../../shared/domain/imei';
import { cleanIdentifier } from '../../../shared/domain/clean-identifier';
import type { Cells } from './types';

/** What mends a row: other cells, or leaving it out. */
export type Fix = { readonly cells: Cells } | { readonly exclude: true };

/** A row as a fix looks at it. */
export interface Broken {
  readonly cells: Cells;
  readonly findings: readonly Finding[];
}

interface FixRule {
  /** What is done, after "N rows". */
  readonly words: string;
  /** @returns null: in this row it is not proven */
  fix(row: Broken): Fix | null;
}

const NEW_FIELDS: readonly Field[] = ['newIccid', 'newImei'];

/**
 * Fixes that need no judgement: nothing that a row says is lost, and no digit comes from anywhere but the row. Whatever
 * could mean two things is left to a person.
 */
export const FIXES: Readonly<Record<string, FixRule>> = {
  'heading-repeated': { words: 'left out: they are headings', fix: () => ({ exclude: true }) },
  'nothing-to-do': {
    words: 'left out: their lines have the new identifiers already',
    // With two identifiers in a row the other one may still be to change.
    fix: ({ cells, findings }) => {
      const wanted = NEW_FIELDS.filter((field) => (cells[field] ?? '') !== '');
      const isDone = (field: Field): boolean =>
        findings.some((one) => one.code === 'nothing-to-do' && one.field === field);
      return wanted.every(isDone) ? { exclude: true } : null;
    },
  },
  'new-value-ignored': {
    words: 'freed of the identifier that this change does not touch',
    fix: ({ findings }) => {
      const cells: Partial<Record<Field, string>> = {};
      for (const { code, field } of findings) if (code === 'new-value-ignored' && field !== null) cells[field] = '';
      return { cells };
    },
  },
  'iccid-nibbles-swapped': { words: 'turned from the card’s memory order into the printed one', fix: unswap },
  'wrong-kind': { words: 'with ICCID and IMEI put into each other’s column', fix: exchange },
} satisfies Record<FixableFinding, FixRule>;

/** Only if the printed form then has the prefix and the check digit of a card: chance would be one in a thousand. */
function unswap({ cells, findings }: Broken): Fix | null {
  const fixed: Partial<Record<Field, string>> = {};
  for (const { code, field } of findings) {
    if (code !== 'iccid-nibbles-swapped' || field === null) continue;
    const printed = cleanIdentifier(cells[field] ?? '')
      .text.replace(/(.)(.)/g, '$2$1')
      .replace(/F$/i, '');
    const reading = readIccid(printed);
    if (!reading.result.ok || reading.warnings.length > 0) return null;
    fixed[field] = printed;
  }
  return Object.keys(fixed).length === 0 ? null : { cells: fixed };
}

const PAIRS = [
  ['newIccid', 'newImei'],
  ['oldIccid', 'oldImei'],
] as const;

/** Only if each is sound where it goes, and neither is where it stands. */
function exchange({ cells, findings }: Broken): Fix | null {
  const fixed: Partial<Record<Field, string>> = {};
  for (const [iccid, imei] of PAIRS) {
    const isWrong = (field: Field): boolean => findings.some((one) => one.code === 'wrong-kind' && one.field === field);
    if (!isWrong(iccid) && !isWrong(imei)) continue;
    const [inIccid, inImei] = [cells[iccid] ?? '', cells[imei] ?? ''];
    const fits = isWrong(iccid) && isWrong(imei) && readIccid(inImei).result.ok && readImei(inIccid).result.ok;
    if (!fits) return null;
    fixed[iccid] = inImei;
    fixed[imei] = inIccid;
  }
  return Object.keys(fixed).length === 0 ? null : { cells: fixed };
}
