import { isSettled, type DeviceChangeStatus } from '../../../shared/domain/change';
import { together } from '../../lib/together';
import type { Trx } from '../../localdb/types';
import type { StatusPatch } from './types';

/** SQL of the only statement that changes the status of a row. */

/** What a move writes beside the status. */
export type RowPatch = StatusPatch & {
  readonly correlationId?: string;
  /** With its SHA-256. */
  readonly snapshot?: { readonly text: string; readonly hash: string };
};

type Cell = string | number | null;

/** A device needs about so long to register on the network. */
const FIRST_LOOK_MS = 60_000;

/** Column and value of every key that a patch names. */
function columnsOf(patch: RowPatch): readonly (readonly [string, Cell])[] {
  const json = (value: unknown): Cell => (value === null ? null : JSON.stringify(value));
  const columns: (readonly [string, Cell])[] = [];
  if (patch.requestId !== undefined) columns.push(['request_id', patch.requestId]);
  if (patch.correlationId !== undefined) columns.push(['correlation_id', patch.correlationId]);
  if (patch.attempts !== undefined) columns.push(['attempts', patch.attempts]);
  if (patch.error !== undefined) columns.push(['error', json(patch.error)]);
  if (patch.disposition !== undefined) columns.push(['disposition', json(patch.disposition)]);
  if (patch.request !== undefined) columns.push(['request', json(patch.request)]);
  if (patch.sendingAt !== undefined) columns.push(['sending_at', patch.sendingAt]);
  if (patch.submittedAt !== undefined) columns.push(['submitted_at', patch.submittedAt]);
  if (patch.confirmedAt !== undefined) columns.push(['confirmed_at', patch.confirmedAt]);
  if (patch.processedAt !== undefined) {
    columns.push(['processed_at', patch.processedAt], ['look_at', patch.processedAt + FIRST_LOOK_MS]);
  }
  if (patch.fencing !== undefined) columns.push(['fencing', patch.fencing]);
  if (patch.snapshot !== undefined) {
    columns.push(['snapshot', patch.snapshot.text], ['snapshot_hash', patch.snapshot.hash]);
  }
  if (patch.sendsForgiven !== undefined) columns.push(['sends_forgiven', patch.sendsForgiven]);
  return columns;
}

interface Move {
  readonly id: number;
  readonly from: DeviceChangeStatus;
  readonly cells: readonly (readonly [string, Cell])[];
}

const moveRows = together<Trx, Move, boolean>(
  ({ from, cells }) => `${from} ${cells.map(([column]) => column).join(' ')}`,
  async (trx, moves) => {
    const [{ from, cells } = { from: 'created', cells: [] }] = moves;
    const sets = cells.map(([column], index) =>
      column === 'first_sending_at'
        ? `${column} = coalesce(${column}, v.value ->> ${index + 1})`
        : `${column} = v.value ->> ${index + 1}`,
    );
    const rows = await trx.raw<{ id: number }[]>(
      `update m2m_device_change set ${sets.join(', ')}, row_version = row_version + 1
       from json_each(?) v where m2m_device_change.id = v.value ->> 0 and status = ? returning m2m_device_change.id`,
      [JSON.stringify(moves.map((move) => [move.id, ...move.cells.map(([, value]) => value)])), from],
    );
    const moved = new Set(rows.map(({ id }) => id));
    return moves.map(({ id }) => moved.delete(id));
  },
);

/** The guarded move: nothing happens, and false is answered, when the row is no longer in `from`. */
export function moveRow(
  trx: Trx,
  id: number,
  from: DeviceChangeStatus,
  to: DeviceChangeStatus,
  patch: RowPatch,
  now: number,
): Promise<boolean> {
  const cells: (readonly [string, Cell])[] = [
    ['status', to],
    ['needs_person', patch.needsPerson === true ? 1 : 0],
    ['ended_at', isSettled(to, patch.needsPerson === true) ? now : null],
    ['updated_at', now],
    ...columnsOf(patch),
  ];
  if (patch.sendingAt !== undefined) cells.push(['first_sending_at', patch.sendingAt]);
  return moveRows(trx, { id, from, cells });
}
