import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { draftsHere, type DraftsHere } from '../../../test/support/drafts-here';
import { iccid, importHere, lines } from '../../../test/support/import-here';
import { openTestDb, type TestDb } from '../../../test/support/local-db';
import { fillMirror, PROVIDER } from '../../../test/support/mirror';
import { SESSION } from '../../../test/support/processing';
import { systemClock } from '../../lib/clock';
import { systemIds } from '../../lib/ids';
import { NO_OPTIONS } from '../../../shared/domain/control';
import { submitDraft } from './submit';
import type { SubmitInput } from './types';

/** What is submitted is what somebody looked at: with the real drafts. */
let db: TestDb;
let here: DraftsHere;
let id: number;

beforeEach(async () => {
  db = await openTestDb();
  await fillMirror(db, lines(10));
  here = draftsHere(db);
  const rows = [1, 2, 3].map((line) => `${iccid(line)},${iccid(line + 100)}`);
  id = (await importHere(db, ['old iccid,new iccid', ...rows].join('\n'))).draftId;
});
afterEach(() => db.close());

const submit = (more: Partial<SubmitInput> = {}) =>
  submitDraft(
    {
      ...{ local: db, drafts: here.drafts, clock: systemClock, ids: systemIds },
      devices: { provider: () => Promise.resolve(PROVIDER) },
      identity: { require: () => undefined },
      audit: { record: () => Promise.resolve() },
    },
    SESSION,
    { draft: String(id), onlyValid: true, acceptWarnings: false, ...more },
  );
const planHash = async (carrierPlan: string | null = null): Promise<string> => {
  const choice = { onlyValid: true, acceptWarnings: false, carrierPlan };
  return (await here.drafts.plan(await here.drafts.get(String(id)), PROVIDER, choice, 0)).planHash;
};

describe('submitting a draft', () => {
  test('binds the plan of the carrier that every line is given, too', async () => {
    const options = { ...NO_OPTIONS, carrierPlan: 'M2M4G5MB' };
    const [without, withPlan] = [await planHash(), await planHash('M2M4G5MB')];
    expect(withPlan).not.toBe(without);
    await expect(submit({ planHash: without, options })).rejects.toMatchObject({ code: 'plan-moved' });
    await expect(submit({ planHash: withPlan })).rejects.toMatchObject({ code: 'plan-moved' });
    expect(await submit({ planHash: withPlan, options })).toMatchObject({ rows: 3, planHash: withPlan });
  });

  test('stores what its dry run stands for, and nothing else', async () => {
    const hash = await planHash();
    await here.drafts.editRow(id, 2, { newIccid: iccid(202) });
    await expect(submit({ planHash: hash })).rejects.toMatchObject({ kind: 'failed', code: 'plan-moved' });
    expect(await here.drafts.get(String(id))).toMatchObject({ rows: 3 });
    const now = await planHash();
    expect(await submit({ planHash: now })).toMatchObject({ rows: 3, planHash: now });
    await expect(here.drafts.get(String(id))).rejects.toMatchObject({ code: 'draft-unknown' });
  });

  test('is refused when the lines have moved since they were checked, and goes once that was looked at', async () => {
    const hash = await planHash();
    await db.write(async (trx) => {
      await trx.raw(`update device set status = 'suspended' where id = 2`);
      await trx.raw(`update sync_state set mirror_at = mirror_at + 1000`);
    });
    const refused = submit({ planHash: hash });
    await expect(refused).rejects.toMatchObject({ kind: 'failed', code: 'verdicts-moved' });
    await expect(refused).rejects.toThrow('1 of 3');
    const [count] = await db.read.raw<{ changes: number }[]>('select count(*) as changes from bulk_change');
    expect(count).toEqual({ changes: 0 });
    expect(await here.drafts.get(String(id))).toMatchObject({ valid: 2, error: 1 });
    expect(await submit({ planHash: await planHash() })).toMatchObject({ rows: 2 });
    expect(await here.drafts.get(String(id))).toMatchObject({ rows: 1, error: 1 });
  });
});
