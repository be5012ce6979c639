import { expect, test } from 'vitest';
import { openTestDb } from '../../../test/support/local-db';
import { openLocalDb } from '../open';

test('a draft from before it is one on which nothing is under way', async () => {
  const db = await openTestDb({ before: '0160-draft-work' });
  try {
    await db.write((trx) =>
      trx.raw(`insert into draft (uid, name, state, provider_uid, change_type, source_name, encoding, delimiter,
          created_at, created_by, touched_at)
        values ('u', 'list', 'ready', 'p', 'ChangeICCID', 'list.csv', 'utf-8', ',', 1, 'olivia', 1)`),
    );
    const migrated = await openLocalDb({ file: db.file });
    expect(await migrated.read.raw(`select name, doing, unjudged from draft`)).toEqual([
      { name: 'list', doing: null, unjudged: 0 },
    ]);
    await migrated.close();
  } finally {
    await db.close();
  }
});
