import { Button, Menu } from '@mantine/core';
import { create } from 'zustand';
import type { Draft } from '../../../../shared/contract/drafts';
import type { Field } from '../../../../shared/domain/finding';
import { FIELD_WORDS } from '../../../lib/field-words';
import { furtherFields } from './draft-columns';

/** Columns that the person has chosen, for all drafts of this window; null: the usual ones. */
export const useChosenColumns = create<{
  readonly fields: readonly Field[] | null;
  choose(fields: readonly Field[]): void;
}>()((set) => ({ fields: null, choose: (fields) => set({ fields }) }));

interface ColumnsMenuProps {
  readonly draft: Draft;
  /** Those that are shown beside the main ones. */
  readonly shown: readonly Field[];
}

export function ColumnsMenu({ draft, shown }: ColumnsMenuProps) {
  const choose = useChosenColumns((state) => state.choose);
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Button size="xs" variant="default">
          Columns
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {furtherFields(draft).map((field) => {
          const isShown = shown.includes(field);
          return (
            <Menu.Item
              key={field}
              role="menuitemcheckbox"
              aria-checked={isShown}
              leftSection={<span aria-hidden="true">{isShown ? '✓' : '\u2003'}</span>}
              onClick={() => choose(isShown ? shown.filter((one) => one !== field) : [...shown, field])}
            >
              {FIELD_WORDS[field]}
            </Menu.Item>
          );
        })}
      </Menu.Dropdown>
    </Menu>
  );
}
