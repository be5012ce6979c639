import { workFailed, type SwapdeskError } from '../../../shared/domain/fault';
import type { Json } from '../../lib/redact';
import type { Session } from '../identity';
import { inCentral, note, type DevicesDeps } from './collaborators';
import { readCsv } from './csv';
import { createDrift } from './drift';
import { loadLines, type LoadPlan, type ReadRow } from './load';
import { filterLineIds, findLineIds, readLines, readNames } from './mirror.repo';
import { createProviderCalls } from './providers';
import { readCarrierLine, readCsvRow } from './row.rules';
import type { DevicesService, LineFacts, LoadResult, Provider } from './types';

const BATCH_ROWS = 5_000;
const FIND_LIMIT = 1_000;

export function createDevicesService(deps: DevicesDeps): DevicesService {
  const { identity } = deps;
  return {
    ...createProviderCalls(deps),
    ...createDrift(deps),

    async loadCsv(session, to, file) {
      identity.require(session, 'lines.load');
      // One transaction: a file that can't be read to its end leaves nothing.
      const result = await inCentral(
        deps,
        session,
      )((trx) => loadLines((fn) => fn(trx), planFor(session, to, 'list'), csvRows(file)));
      if (result.read === 0) throw nothingToLoad(file);
      await note(deps, session, 'lines.loaded', to, countsOf(result));
      return result;
    },

    async refresh(session, to, pages) {
      identity.require(session, 'lines.load');
      // A transaction for each page: none is held open while the carrier thinks, and each page is true by itself.
      const result = await loadLines(inCentral(deps, session), planFor(session, to, 'carrier'), carrierRows(pages));
      await note(deps, session, 'lines.refreshed', to, countsOf(result));
      return result;
    },

    async find(session, filter, limit) {
      identity.require(session, 'lines.read');
      // As people copy numbers: with blanks, hyphens, dots, brackets and plus.
      const digits = filter.text.replace(/[\s\-.()+]/g, '');
      if (!/^\d{0,40}$/.test(digits)) return [];
      const most = Math.min(Math.max(limit, 1), FIND_LIMIT);
      const { providerUid, status, customer, ratePlan } = filter;
      const isBySearch = digits !== '' && [providerUid, status, customer, ratePlan].every((part) => part === null);
      const ids = isBySearch
        ? await findLineIds(deps.local.read, digits, most)
        : await filterLineIds(deps.local.read, { ...filter, text: digits }, most);
      return readLines(deps.local.read, ids);
    },

    async names(session, provider) {
      identity.require(session, 'lines.read');
      return readNames(deps.local.read, provider.uid);
    },
  };
}

function planFor(session: Session, provider: Provider, authority: LoadPlan['authority']): LoadPlan {
  return { providerId: provider.id, authority, seesAllCustomers: session.customerUids === null };
}

async function* csvRows(file: string): AsyncGenerator<readonly ReadRow[]> {
  for await (const lines of readCsv(file, BATCH_ROWS)) {
    yield lines.map(({ lineNo, cells }) => ({ lineNo, row: readCsvRow(lineNo, cells) }));
  }
}

/** Numbered through in the carrier's order. */
async function* carrierRows(pages: AsyncIterable<readonly LineFacts[]>): AsyncGenerator<readonly ReadRow[]> {
  let lineNo = 0;
  for await (const page of pages) {
    yield page.map((facts) => {
      lineNo += 1;
      return { lineNo, row: readCarrierLine(lineNo, facts) };
    });
  }
}

function countsOf(result: LoadResult): Record<string, Json> {
  const { read, inserted, updated, unchanged, refused } = result;
  return { read, inserted, updated, unchanged, refused: refused.length };
}

function nothingToLoad(file: string): SwapdeskError {
  return workFailed({
    code: 'file-empty',
    what: 'The file holds a heading and no lines',
    where: file,
    todo: 'Choose another file.',
  });
}
