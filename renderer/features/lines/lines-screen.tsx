import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { ANY_LINE, type LineFilter } from '../../../shared/contract/lines';
import type { Line } from '../../../shared/domain/line';
import { useCall, useEvent, useSession } from '../../api';
import { plural } from '../../lib/numbers';
import { exact } from '../../lib/time';
import { Ago } from '../../ui/ago';
import { Badge, type Tone } from '../../ui/badge';
import { FilterInput } from '../../ui/filter-input';
import type { Column } from '../../ui/grid-columns';
import { Identifier } from '../../ui/identifier';
import { RowsView } from '../../ui/rows-view';
import { Empty, Fact, Facts, Screen } from '../../ui/screen';
import { LineFilters } from './line-filters';
import classes from './lines-screen.module.css';
import { SwapLines } from './swap-lines';

const LIMIT = 500;

const STATUS_TONES: Readonly<Record<Line['status'], Tone>> = {
  active: 'done',
  suspended: 'warn',
  deactivated: 'bad',
  preactive: 'rest',
  unknown: 'unknown',
};

const COLUMNS: readonly Column<Line>[] = [
  { key: 'id', heading: 'line', minPx: 52, align: 'end', cell: (line) => line.id, text: (line) => String(line.id) },
  {
    key: 'mdn',
    heading: 'MDN',
    minPx: 98,
    cell: (line) => <Identifier value={line.mdn} />,
    text: (line) => line.mdn ?? '',
  },
  {
    key: 'iccid',
    heading: 'ICCID',
    minPx: 178,
    cell: (line) => <Identifier value={line.iccid} />,
    text: (line) => line.iccid,
  },
  {
    key: 'imei',
    heading: 'IMEI',
    minPx: 136,
    cell: (line) => <Identifier value={line.imei} />,
    text: (line) => line.imei ?? '',
  },
  {
    key: 'status',
    heading: 'status',
    minPx: 108,
    cell: (line) => <Badge tone={STATUS_TONES[line.status]}>{line.status}</Badge>,
    text: (line) => line.status,
  },
  {
    key: 'provider',
    heading: 'service provider',
    minPx: 120,
    grow: 1,
    optional: true,
    cell: (line) => line.provider,
    text: (line) => line.provider,
  },
  {
    key: 'customer',
    heading: 'customer',
    minPx: 120,
    grow: 1,
    optional: true,
    cell: (line) => line.customer ?? <span className={classes.none}>none</span>,
    text: (line) => line.customer ?? '',
  },
];

/** Find a line by any part of what it is known by. */
export function LinesScreen() {
  const { session, status } = useSession();
  const [only] = session?.providers.length === 1 ? session.providers : [];
  const [typed, setTyped] = useState<LineFilter>({ ...ANY_LINE, providerUid: only?.uid ?? null });
  const [filter] = useDebouncedValue(typed, 150);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const wanted = filter.text.trim();
  const isPlain = wanted === '' && [filter.status, filter.customer, filter.ratePlan].every((part) => part === null);
  const found = useCall('lines.find', { ...filter, text: wanted, limit: LIMIT });
  useEvent('lines.mirrorChanged', found.reload);
  const list = found.value ?? [];
  const change = (next: LineFilter): void => {
    setOpenIndex(null);
    setTyped(next);
  };
  return (
    <Screen
      title="Lines"
      about={
        status === null ? undefined : (
          <>
            As of <Ago at={status.mirrorAt} />
          </>
        )
      }
      actions={<SwapLines found={{ filter, lines: list, isCut: list.length === LIMIT }} />}
    >
      <div className={classes.search}>
        <FilterInput
          label="Find lines"
          placeholder="Any part of an ICCID, IMEI, MDN, EID, or a line number"
          width={330}
          autoFocus
          value={typed.text}
          onChange={(text) => change({ ...typed, text })}
        />
        <LineFilters filter={typed} onChange={change} />
        <span role="status" className={classes.none}>
          {found.value === null || list.length === 0
            ? ''
            : list.length < LIMIT
              ? plural(list.length, 'line')
              : `the first ${LIMIT} lines: search to see others`}
        </span>
      </div>
      <RowsView
        label="Lines"
        what="lines"
        rows={{
          total: found.value === null ? null : list.length,
          error: found.error,
          row: (index) => list[index] ?? null,
          show: showsAll,
          reload: found.reload,
        }}
        columns={COLUMNS}
        list={JSON.stringify(filter)}
        empty={
          isPlain ? (
            <Empty title="No lines are loaded yet">
              Sync brings the lines that you may see. If there are none, an administrator loads them from a file or from
              the carrier.
            </Empty>
          ) : (
            <Empty title={wanted === '' ? 'No line fits the filter' : `No line has “${wanted}”`}>
              Check the digits, search for fewer of them, or take a filter away.
            </Empty>
          )
        }
        openIndex={openIndex}
        onOpen={setOpenIndex}
        story={(line) => ({ title: `Line ${line.id}`, body: <LineFacts line={line} /> })}
      />
    </Screen>
  );
}

/** The whole answer is at hand. */
const showsAll = (): void => undefined;

function LineFacts({ line }: { readonly line: Line }) {
  return (
    <Facts>
      <Fact label="Status">
        <Badge tone={STATUS_TONES[line.status]}>{line.status}</Badge>
      </Fact>
      <Fact label="MDN">
        <Identifier value={line.mdn} />
      </Fact>
      <Fact label="ICCID">
        <Identifier value={line.iccid} />
      </Fact>
      <Fact label="IMEI">
        <Identifier value={line.imei} />
      </Fact>
      <Fact label="EID">
        <Identifier value={line.eid} />
      </Fact>
      <Fact label="Service provider">{line.provider}</Fact>
      <Fact label="Customer">{line.customer ?? 'none'}</Fact>
      <Fact label="Customer rate plan">{line.ratePlan ?? 'none'}</Fact>
      <Fact label="Customer rate pool">{line.ratePool ?? 'none'}</Fact>
      <Fact label="Last connected">{line.lastConnectionAt === null ? 'never' : exact(line.lastConnectionAt)}</Fact>
    </Facts>
  );
}
