import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { systemClock } from '../../main/lib/clock';
import { systemIds } from '../../main/lib/ids';
import { silentLog } from '../../main/lib/logger';
import { openLocalDb } from '../../main/localdb/open';
import { createImportsService } from '../../main/services/imports';
import { AS_FOUND } from '../../shared/contract/imports';
import { SwapdeskError } from '../../shared/domain/fault';
import { PROVIDER_UID } from './mirror';

/** A process of its own that imports one list, so that it can be killed. Says how far it is, and how it ended. */
const orderSchema = z.object({
  databaseFile: z.string(),
  file: z.string(),
  worker: z.string(),
  /** Stops the import itself once so many rows are stored. */
  cancelAtRow: z.number().nullable(),
});

const order = orderSchema.parse(JSON.parse(process.argv[2] ?? '{}'));
const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const local = await openLocalDb({ file: order.databaseFile });
const imports = createImportsService({
  local,
  workerUrl: pathToFileURL(order.worker),
  clock: systemClock,
  ids: systemIds,
  log: silentLog,
});
const stop = new AbortController();
const request = {
  file: order.file,
  sourceName: 'list.csv',
  providerUid: PROVIDER_UID,
  changeType: null,
  look: AS_FOUND,
  map: [],
  continueDraftId: null,
  createdBy: 'olivia',
};
try {
  const { rows, valid, warning, error } = await imports.importFile(request, {
    signal: stop.signal,
    onProgress(progress) {
      say(`rows ${progress.rows}`);
      if (order.cancelAtRow !== null && progress.rows >= order.cancelAtRow) stop.abort();
    },
  });
  say(`done ${rows} ${valid + warning + error}`);
} catch (error) {
  say(`refused ${error instanceof SwapdeskError ? error.code : String(error)}`);
}
await imports.close();
await local.close();
