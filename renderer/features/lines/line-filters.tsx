import { NativeSelect } from '@mantine/core';
import type { LineFilter } from '../../../shared/contract/lines';
import { lineStatusSchema } from '../../../shared/domain/line';
import { useCall, useSession } from '../../api';

interface LineFiltersProps {
  readonly filter: LineFilter;
  onChange(filter: LineFilter): void;
}

const ANY = '';
const orNull = (value: string): string | null => (value === ANY ? null : value);

/** Beside the search: whose lines, in which state, of which customer and plan. */
export function LineFilters({ filter, onChange }: LineFiltersProps) {
  const { session } = useSession();
  const providers = session?.providers ?? [];
  const { providerUid, status, customer, ratePlan } = filter;
  const names = useCall('lines.names', providerUid === null ? undefined : { providerUid });
  const choices = (any: string, list: readonly string[]) => [
    { value: ANY, label: any },
    ...[...new Set(list)].map((name) => ({ value: name, label: name })),
  ];
  return (
    <>
      {providers.length < 2 ? null : (
        <NativeSelect
          size="xs"
          aria-label="Service provider"
          value={providerUid ?? ANY}
          data={[
            { value: ANY, label: 'any service provider' },
            ...providers.map(({ uid, name }) => ({ value: uid, label: name })),
          ]}
          onChange={(event) =>
            // Customers and plans belong to a provider.
            onChange({ ...filter, providerUid: orNull(event.currentTarget.value), customer: null, ratePlan: null })
          }
        />
      )}
      <NativeSelect
        size="xs"
        aria-label="Status"
        value={status ?? ANY}
        data={[{ value: ANY, label: 'any status' }, ...lineStatusSchema.options]}
        onChange={(event) => {
          const chosen = lineStatusSchema.safeParse(event.currentTarget.value);
          onChange({ ...filter, status: chosen.success ? chosen.data : null });
        }}
      />
      {names.value === null || providerUid === null ? null : (
        <>
          <NativeSelect
            size="xs"
            aria-label="Customer"
            value={customer ?? ANY}
            data={choices('any customer', names.value.customers)}
            onChange={(event) => onChange({ ...filter, customer: orNull(event.currentTarget.value) })}
          />
          <NativeSelect
            size="xs"
            aria-label="Rate plan"
            value={ratePlan ?? ANY}
            data={choices('any rate plan', names.value.ratePlans)}
            onChange={(event) => onChange({ ...filter, ratePlan: orNull(event.currentTarget.value) })}
          />
        </>
      )}
    </>
  );
}
