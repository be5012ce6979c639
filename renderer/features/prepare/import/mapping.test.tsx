import { fireEvent, screen, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import type { DeskOptions, PlayedDesk } from '../../../../test/support/contract-double-desk';
import { goTo, openWindow, type OpenedWindow } from '../../../../test/support/contract-double-window';
import { usageError } from '../../../../shared/domain/fault';
import { columnWords } from './mapping.rules';

async function choose(
  name: string,
  field = 'File to import',
  prepare?: (desk: PlayedDesk) => void,
  options?: DeskOptions,
): Promise<OpenedWindow> {
  const opened = await openWindow(options, prepare);
  await goTo(opened, 'Prepare');
  await opened.user.upload(screen.getByLabelText(field), new File(['a,b\n'], name));
  return opened;
}

const meaning = (heading: string) =>
  screen.getByRole<HTMLSelectElement>('combobox', { name: `What “${heading}” means` });
const column = (heading: string) => within(screen.getByRole('row', { name: new RegExp(`^${heading}`) }));

describe('a look before the import', () => {
  it('is taken where headings are not known; what is guessed counts once it is let stand', async () => {
    const { user, double } = await choose('strange.csv');
    expect(await screen.findByRole('heading', { level: 1, name: 'Look at strange.csv' })).toBeDefined();
    expect(column('Alt').getByText('guess')).toBeDefined();
    expect(meaning('Alt').value).toBe('oldIccid');
    expect(column('Site').getByText('not known')).toBeDefined();
    expect(screen.getByText(/Some columns are only guessed/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Make a draft: New SIM (ChangeICCID)' }));
    await screen.findByRole('grid', { name: 'Rows of the draft' });
    expect(double.asked('imports.start').at(0)?.map).toEqual([
      { column: 0, field: 'oldIccid' },
      { column: 1, field: 'newIccid' },
      { column: 2, field: null },
    ]);
  });

  it('says what is missing, and starts when it has been said what the columns mean', async () => {
    const { user, double } = await choose('strange.csv');
    await screen.findByRole('heading', { level: 1, name: 'Look at strange.csv' });
    await user.selectOptions(meaning('Neu'), 'left out');
    expect((await screen.findByRole('alert')).textContent).toContain('no column for a new ICCID or a new IMEI');
    const start = screen.getByRole('button', { name: 'Make a draft' });
    await user.click(start);
    expect(double.asked('imports.start')).toEqual([]);
    await user.selectOptions(meaning('Neu'), 'new ICCID');
    await user.selectOptions(meaning('Site'), 'note');
    await user.type(screen.getByRole('combobox', { name: 'Customer' }), 'Harbor Logistics');
    fireEvent.change(screen.getByLabelText('Effective date'), { target: { value: '2026-12-01' } });
    await user.click(await screen.findByRole('button', { name: 'Make a draft: New SIM (ChangeICCID)' }));
    await screen.findByRole('grid', { name: 'Rows of the draft' });
    expect(double.asked('imports.start')).toMatchObject([
      {
        map: [{ field: 'oldIccid' }, { field: 'newIccid' }, { field: 'note' }],
        defaults: { customer: 'Harbor Logistics', ratePlan: null, effectiveDate: '2026-12-01' },
      },
    ]);
  });

  it('is there on request where everything is known, and tells how a workbook is read', async () => {
    const { user, double } = await choose('list.xlsx', 'File to look at before it is imported');
    expect(await screen.findByText(/Excel workbook · sheet “Swaps” · headings in row 1/)).toBeDefined();
    expect(column('Current ICCID').getByText('sure')).toBeDefined();
    expect(screen.queryByRole('combobox', { name: 'Encoding' })).toBeNull();
    await user.selectOptions(screen.getByRole('combobox', { name: 'Sheet' }), 'Lists (hidden)');
    await screen.findByText(/sheet “Lists”/);
    await user.click(screen.getByRole('radio', { name: 'Row 2 has the headings' }));
    await screen.findByText(/headings in row 2/);
    await user.click(screen.getByRole('button', { name: /^Make a draft/ }));
    await screen.findByRole('grid', { name: 'Rows of the draft' });
    // Nothing was chosen of the columns: nothing is to be remembered.
    expect(double.asked('imports.start')).toMatchObject([{ look: { sheet: 'Lists', headingRow: 2 }, map: [] }]);
  });

  it('shows what each encoding would make of the telling line', async () => {
    const { user, double } = await choose('list.csv', 'File to look at before it is imported', ({ double: before }) => {
      before.answerRaw('imports.preview', { ok: true, value: previewWithEncodings });
    });
    const telling = await screen.findByRole('radio', { name: /Windows-1252/ });
    expect(screen.getByText('Müller')).toBeDefined();
    await user.click(telling);
    expect(double.asked('imports.preview').at(-1)?.look.encoding).toBe('windows-1252');
  });

  it('gives notice of a file that came before, with the way to what came of it', async () => {
    const { user, double } = await choose('same.csv');
    const notice = await screen.findByText(/very same content was imported/);
    expect(notice.textContent).toContain('by paul');
    await user.click(within(notice).getByRole('button', { name: 'depot swap' }));
    expect(await screen.findByRole('grid', { name: 'Rows of the draft' })).toBeDefined();
    expect(double.asked('imports.start')).toEqual([]);
  });

  it('goes on with the draft that an exported list names', async () => {
    const { user } = await choose('problems.csv');
    expect(await screen.findByText(/exported list of problem rows/)).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Go on with “returns”' }));
    expect(await screen.findByRole('grid', { name: 'Rows of the draft' })).toBeDefined();
  });

  it('stays, with all that was chosen, when the import fails', async () => {
    const { user } = await choose('strange.csv', 'File to import', ({ double: before }) => {
      before.handle('imports.start', () => {
        throw usageError({ code: 'file-changed', what: 'The file was changed while it was read' });
      });
    });
    await screen.findByRole('heading', { level: 1, name: 'Look at strange.csv' });
    await user.selectOptions(meaning('Site'), 'note');
    await user.click(screen.getByRole('button', { name: /^Make a draft/ }));
    expect((await screen.findByRole('alert')).textContent).toContain('changed while it was read');
    expect(meaning('Site').value).toBe('note');
    await user.click(screen.getByRole('button', { name: 'Choose another list' }));
    expect(screen.getByRole('heading', { level: 1, name: 'Prepare' })).toBeDefined();
    expect(screen.queryByRole('alert')).toBeNull();
  });
});

describe('how sure a column is', () => {
  const known = { field: 'newIccid', heading: 'New ICCID' } as const;
  it.each([
    ['sure', { ...known, why: 'heading', confidence: 1 }, undefined],
    ['likely', { ...known, why: 'heading', confidence: 0.8 }, undefined],
    ['likely', { ...known, why: 'similar', confidence: 0.9 }, undefined],
    ['guess', { ...known, why: 'similar', confidence: 0.6 }, undefined],
    ['guess', { ...known, why: 'content', confidence: 0.5 }, undefined],
    ['remembered', { ...known, why: 'saved', confidence: 1 }, undefined],
    ['not known', { field: null, heading: 'Site', why: 'none', confidence: 0 }, undefined],
    ['left out', { field: null, heading: 'Site', why: 'saved', confidence: 1 }, undefined],
    ['left out', { ...known, why: 'heading', confidence: 1 }, null],
    ['sure', { ...known, why: 'content', confidence: 0.5 }, 'newIccid'],
  ] as const)('is said in a word: %s', (word, one, choice) => expect(columnWords(one, choice).word).toBe(word));
});

const previewWithEncodings = {
  ...{ format: 'csv', encoding: 'utf-8', delimiter: ',', sheet: null, headingRow: 1, columns: [], savedMapping: null },
  ...{ sameContent: [], continues: null, sheets: [], head: [], changeType: 'ChangeICCID', problem: null },
  needsMapping: false,
  encodings: [
    { encoding: 'utf-8', sample: 'M�ller' },
    { encoding: 'windows-1252', sample: 'Müller' },
  ],
};
