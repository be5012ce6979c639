import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useState } from 'react';
import type { Line } from '../../../shared/domain/line';
import { useCall, useEvent, useSession } from '../../api';
import { plural } from '../../lib/numbers';
import { ago, exact } from '../../lib/time';
import { Badge, type Tone } from '../../ui/badge';
import { ErrorPanel } from '../../ui/error-panel';
import { Identifier } from '../../ui/identifier';
import { RowsGrid, type Column } from '../../ui/rows-grid';
import { Empty, Fact, Facts, Loading, Screen, SidePanel, Split } from '../../ui/screen';

const LIMIT = 500;

const STATUS_TONES: Readonly<Record<Line['status'], Tone>> = {
  active: 'done',
  suspended: 'warn',
  deactivated: 'bad',
  preactive: 'rest',
  unknown: 'unknown',
};

const COLUMNS: readonly Column<Line>[] = [
  { key: 'id', heading: 'line', width: '64px', align: 'end', cell: (line) => line.id, text: (line) => String(line.id) },
  {
    key: 'mdn',
    heading: 'MDN',
    width: '112px',
    cell: (line) => <Identifier value={line.mdn} />,
    text: (line) => line.mdn ?? '',
  },
  {
    key: 'iccid',
    heading: 'ICCID',
    width: '200px',
    cell: (line) => <Identifier value={line.iccid} />,
    text: (line) => line.iccid,
  },
  {
    key: 'imei',
    heading: 'IMEI',
    width: '160px',
    cell: (line) => <Identifier value={line.imei} />,
    text: (line) => line.imei ?? '',
  },
  {
    key: 'status',
    heading: 'status',
    width: '120px',
    cell: (line) => <Badge tone={STATUS_TONES[line.status]}>{line.status}</Badge>,
    text: (line) => line.status,
  },
  {
    key: 'provider',
    heading: 'service provider',
    width: 'minmax(120px, 1fr)',
    cell: (line) => line.provider,
    text: (line) => line.provider,
  },
  {
    key: 'customer',
    heading: 'customer',
    width: 'minmax(120px, 1fr)',
    cell: (line) => line.customer ?? 'none',
    text: (line) => line.customer ?? '',
  },
];

/** Find a line by any part of what it is known by. */
export function LinesScreen() {
  const { status } = useSession();
  const [text, setText] = useState('');
  const [wanted] = useDebouncedValue(text.trim(), 150);
  const [openIndex, setOpenIndex] = useState<number | null>(null);
  const found = useCall('lines.find', { text: wanted, limit: LIMIT });
  useEvent('lines.mirrorChanged', found.reload);
  const list = found.value ?? [];
  const open = openIndex === null ? undefined : list[openIndex];
  return (
    <Screen title="Lines" about={`As of ${ago(status?.mirrorAt ?? null)}`}>
      <TextInput
        aria-label="Find lines"
        placeholder="Any part of an ICCID, IMEI, MDN, EID, or a line number"
        leftSection={<IconSearch size={16} />}
        autoFocus
        maw={520}
        value={text}
        onChange={(event) => {
          setOpenIndex(null);
          setText(event.currentTarget.value);
        }}
      />
      {found.error !== null ? (
        <ErrorPanel story={found.error.story} correlationId={found.error.correlationId} onRetry={found.reload} />
      ) : found.value === null ? (
        <Loading what="lines" />
      ) : list.length === 0 ? (
        <Empty title="No line has this">
          {wanted === ''
            ? 'No lines are loaded yet: sync, or ask an administrator to load them.'
            : 'Check the digits, or search for fewer of them.'}
        </Empty>
      ) : (
        <>
          <div role="status">
            {list.length < LIMIT ? plural(list.length, 'line') : `The first ${LIMIT} lines; search to see others`}
          </div>
          <Split>
            <RowsGrid
              label="Lines"
              columns={COLUMNS}
              total={list.length}
              row={(index) => list[index] ?? null}
              onShow={showsAll}
              onOpen={setOpenIndex}
              onClose={() => setOpenIndex(null)}
              openIndex={openIndex}
            />
            {open === undefined ? null : (
              <SidePanel title={`Line ${open.id}`} onClose={() => setOpenIndex(null)}>
                <LineFacts line={open} />
              </SidePanel>
            )}
          </Split>
        </>
      )}
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
