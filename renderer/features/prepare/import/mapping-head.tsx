import { Radio } from '@mantine/core';
import type { ImportPreview } from '../../../../shared/contract/imports';
import card from './card.module.css';
import classes from './mapping-head.module.css';

interface MappingHeadProps {
  readonly preview: ImportPreview;
  /** From 1; 0: the list has none. */
  onHeadingRow(row: number): void;
}

const ROWS_SHOWN = 8;
const CELLS_SHOWN = 12;

/** The first rows as they stand; one of them is the row of headings. */
export function MappingHead({ preview, onHeadingRow }: MappingHeadProps) {
  const { head, headingRow } = preview;
  // A heading that stands far down is shown with what stands around it.
  const rows = head.slice(0, Math.max(ROWS_SHOWN, headingRow + 3));
  const width = Math.min(CELLS_SHOWN, Math.max(0, ...rows.map(({ cells }) => cells.length)));
  return (
    <section aria-label="First rows" className={card.card}>
      <h2 className={card.title}>Which row has the headings</h2>
      <div className={card.scroll} tabIndex={0} role="region" aria-label="The first rows as they stand">
        <table className={`${card.table} ${classes.head}`}>
          <tbody>
            <tr data-heading={headingRow === 0 || undefined}>
              <td colSpan={width + 1}>
                <Radio
                  size="xs"
                  name="heading-row"
                  label="None: the first row is a row of the list already"
                  checked={headingRow === 0}
                  onChange={() => onHeadingRow(0)}
                />
              </td>
            </tr>
            {rows.map(({ row, cells }) => (
              <tr key={row} data-heading={row === headingRow || undefined} data-above={row < headingRow || undefined}>
                <td className={classes.choice}>
                  <Radio
                    size="xs"
                    name="heading-row"
                    aria-label={`Row ${row} has the headings`}
                    label={row}
                    checked={row === headingRow}
                    onChange={() => onHeadingRow(row)}
                  />
                </td>
                {Array.from({ length: width }, (_, index) => (
                  <td key={index} className={classes.cell}>
                    {cells[index] ?? ''}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
