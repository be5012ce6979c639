import type { ChangeType } from '../../../../shared/domain/change';
import { changedKinds } from '../../../../shared/domain/change';
import type { Field } from '../../../../shared/domain/finding';

/** Fields without which a list of this type can't be read. */
export function mainFields(changeType: ChangeType): readonly Field[] {
  const kinds = changedKinds(changeType);
  return [
    'mdn',
    ...(kinds.includes('iccid') ? (['oldIccid', 'newIccid'] as const) : []),
    ...(kinds.includes('imei') ? (['oldImei', 'newImei'] as const) : []),
  ];
}
