import type { Migration } from '../migrate';
import { mirror } from './0010-mirror';
import { drafts } from './0020-drafts';
import { changes } from './0030-changes';
import { jobs } from './0040-jobs';
import { callbacks } from './0050-callbacks';
import { audit } from './0060-audit';
import { outboxAndSettings } from './0070-outbox-and-settings';
import { importFormats } from './0110-import-formats';
import { draftEdits } from './0120-draft-edits';
import { control } from './0130-control';
import { planCustomers } from './0150-plan-customers';
import { changeOrder } from './0151-change-order';
import { draftWork } from './0160-draft-work';
import { busyLines } from './0161-busy-lines';
import { jobLine } from './0170-job-line';
import { draftReading } from './0175-draft-reading';

/** Every step of the local schema, in number order. */
export const localMigrations: readonly Migration[] = [
  mirror,
  drafts,
  changes,
  jobs,
  callbacks,
  audit,
  outboxAndSettings,
  importFormats,
  draftEdits,
  control,
  planCustomers,
  changeOrder,
  draftWork,
  busyLines,
  jobLine,
  draftReading,
];
