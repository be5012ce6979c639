import type { DraftPlan } from '../../../../shared/contract/drafts';
import { Badge, type Tone } from '../../../ui/badge';
import type { Column } from '../../../ui/grid-columns';

export type NumberedRequest = DraftPlan['requests'][number] & {
  /** In the order of sending, from 1. */
  readonly place: number;
};

const REVERSIBILITY: Readonly<Record<NumberedRequest['reversibility']['kind'], readonly [Tone, string]>> = {
  reversible: ['done', 'can be taken back'],
  conditional: ['warn', 'on a condition'],
  not: ['bad', 'can’t be taken back'],
};

function bodyText({ body }: NumberedRequest): string {
  return JSON.stringify(body);
}

export const PLAN_COLUMNS: readonly Column<NumberedRequest>[] = [
  {
    key: 'place',
    heading: '',
    minPx: 40,
    align: 'end',
    cell: ({ place }) => place,
    text: ({ place }) => String(place),
  },
  {
    key: 'row',
    heading: 'row',
    minPx: 50,
    align: 'end',
    cell: ({ row }) => row,
    text: ({ row }) => String(row),
  },
  {
    key: 'purpose',
    heading: 'does',
    minPx: 100,
    cell: ({ purpose }) => (purpose === 'delete' ? <Badge tone="bad">deletes first</Badge> : 'swaps'),
    text: ({ purpose }) => purpose,
  },
  {
    key: 'request',
    heading: 'request',
    minPx: 320,
    grow: 3,
    // The address is the same in almost every row; the story beside it tells it.
    cell: (request) => (
      <code>
        {request.method} {bodyText(request)}
      </code>
    ),
    text: (request) => [request.method, request.path, bodyText(request)],
  },
  {
    key: 'after',
    heading: 'waits for row',
    minPx: 90,
    optional: true,
    cell: ({ after }) => after.join(', '),
    text: ({ after }) => after.join(', '),
  },
  {
    key: 'reversibility',
    heading: 'afterwards',
    minPx: 150,
    cell: ({ reversibility }) => {
      const [tone, word] = REVERSIBILITY[reversibility.kind];
      return <Badge tone={tone}>{word}</Badge>;
    },
    text: ({ reversibility }) => REVERSIBILITY[reversibility.kind][1],
  },
];
