import { Autocomplete, TextInput } from '@mantine/core';
import type { ImportDefaults } from '../../../../shared/contract/imports';
import { useCall } from '../../../api';
import card from './card.module.css';

interface MappingDefaultsProps {
  readonly title: string;
  readonly providerUid: string;
  readonly defaults: ImportDefaults;
  onChange(defaults: ImportDefaults): void;
}

const NAMES = [
  ['customer', 'customers', 'Customer'],
  ['ratePlan', 'ratePlans', 'Rate plan'],
  ['ratePool', 'ratePools', 'Rate pool'],
] as const;
const MOST_OFFERED = 30;

/** What counts for a row that says nothing of it. */
export function MappingDefaults({ title, providerUid, defaults, onChange }: MappingDefaultsProps) {
  const names = useCall('lines.names', { providerUid });
  const set = (key: keyof ImportDefaults, text: string): void =>
    onChange({ ...defaults, [key]: text.trim() === '' ? null : text });
  return (
    <section aria-label={title} className={card.card}>
      <h2 className={card.title}>{title}</h2>
      {NAMES.map(([key, list, label]) => (
        <Autocomplete
          key={key}
          size="xs"
          label={label}
          placeholder="stays as it is"
          maxLength={200}
          limit={MOST_OFFERED}
          data={names.value === null ? [] : [...new Set(names.value[list])]}
          value={defaults[key] ?? ''}
          onChange={(text) => set(key, text)}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
      ))}
      <TextInput
        size="xs"
        type="date"
        label="Effective date"
        value={defaults.effectiveDate ?? ''}
        onChange={(event) => set('effectiveDate', event.currentTarget.value)}
      />
    </section>
  );
}
