import { ruleFor, UNKNOWN_CODE_STEP } from '../../../shared/domain/carrier-code';
import type { BulkChangeStatus, ChangeType, DeviceChangeStatus, Disposition } from '../../../shared/domain/change';
import type { Fault } from '../../../shared/domain/fault';
import { assertNever } from '../../../shared/domain/result';

/** What a row's status means, for somebody who has never seen Swapdesk. */
export function rowStatusInWords(status: DeviceChangeStatus, needsPerson: boolean): string {
  switch (status) {
    case 'created':
      return 'Not yet enrolled';
    case 'queued':
      return 'Waiting to be sent';
    case 'sending':
      return 'Being sent';
    case 'submitted':
      return 'Sent, awaiting confirmation';
    case 'unknown':
      return needsPerson ? 'Outcome unknown, needs a person' : 'Outcome unknown, being checked';
    case 'confirmed':
      return 'Confirmed, being stored';
    case 'processed':
      return 'Changed';
    case 'conflict':
      return 'Conflict, needs a person';
    case 'error':
      return 'Not changed: refused';
    case 'dead_letter':
      return 'Given up, needs a person';
    case 'cancelled':
      return 'Cancelled';
    case 'rolled_back':
      return 'Changed, then rolled back';
    default:
      return assertNever(status);
  }
}

export function bulkStatusInWords(status: BulkChangeStatus): string {
  switch (status) {
    case 'created':
      return 'Submitted, not yet enrolled';
    case 'queued':
      return 'Waiting to be sent';
    case 'processing':
      return 'In progress';
    case 'processed':
      return 'Completed';
    case 'processed_with_errors':
      return 'Completed with exceptions';
    case 'cancelled':
      return 'Cancelled';
    default:
      return assertNever(status);
  }
}

export function changeTypeInWords(type: ChangeType): string {
  switch (type) {
    case 'ChangeICCID':
      return 'SIM replaced (ICCID)';
    case 'ChangeIMEI':
      return 'Device replaced (IMEI)';
    case 'ChangeIMEIandICCID':
      return 'Device and SIM replaced (IMEI, ICCID)';
    default:
      return assertNever(type);
  }
}

export function proofInWords(proof: Disposition['proof']): string {
  switch (proof) {
    case 'callback':
      return "by the carrier's callback";
    case 'read_back':
      return 'by reading the line back';
    case 'answer':
      return "by the carrier's answer";
    case 'person':
      return 'by a person';
    case 'none':
      return 'no proof';
    default:
      return assertNever(proof);
  }
}

/** What a person does next. The carrier's codes have steps of their own; for the rest the class decides. */
export function nextStepOf(fault: Pick<Fault, 'class' | 'code'>): string {
  return ruleFor(fault.code)?.nextStep ?? stepOfClass(fault.class);
}

function stepOfClass(faultClass: Fault['class']): string {
  switch (faultClass) {
    case 'auth':
      return 'Check the credentials of this provider, store them again and unlock the provider.';
    case 'api_transient':
      return 'Send the row again once the carrier can be reached.';
    case 'api_unknown':
      return 'Look the line up at the carrier before anything is sent again.';
    case 'api_permanent':
      return UNKNOWN_CODE_STEP;
    case 'validation':
      return 'Correct the row and submit it again.';
    case 'conflict':
      return 'Compare both sides, then correct the row or the line.';
    case 'system':
      return 'Mend what the message names, then send the row again.';
    default:
      return assertNever(faultClass);
  }
}
