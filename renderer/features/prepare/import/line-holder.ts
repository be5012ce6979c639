import { ANY_LINE } from '../../../../shared/contract/lines';
import type { Line } from '../../../../shared/domain/line';
import { api } from '../../../api';
import { kindOf, type Holder, type ScanField } from './scan.rules';

/** Who has a number in the copy of the lines. @param providerName whose lines are being changed */
export async function findLineHolder(field: ScanField, value: string, providerName: string): Promise<Holder | null> {
  const found = await api.call('lines.find', { ...ANY_LINE, text: value, limit: 20 });
  const kind = kindOf(field);
  const line = found.find((one) => one[kind] === value);
  return line === undefined ? null : holderOf(line, providerName);
}

function holderOf(line: Line, providerName: string): Holder {
  return {
    id: line.id,
    words: lineWords(line),
    unfit:
      line.provider === providerName
        ? null
        : `It is on line ${line.id} of ${line.provider}, and this list is for ${providerName}.`,
    gone: line.status === 'deactivated',
  };
}

/** `line 412, 2025550143, Harbor Logistics`, and its status where it is not active. */
export function lineWords({ id, mdn, customer, status }: Line): string {
  return [`line ${id}`, mdn, customer, status === 'active' ? null : status].filter((part) => part !== null).join(', ');
}
