import { fireEvent, screen, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Line } from '../../../../shared/domain/line';
import type { PlayedDesk } from '../../../../test/support/contract-double-desk';
import { goTo, openWindow, type OpenedWindow } from '../../../../test/support/contract-double-window';

beforeEach(() => localStorage.clear());

async function openWay(name: string, prepare?: (desk: PlayedDesk) => void): Promise<OpenedWindow> {
  const opened = await openWindow({}, prepare);
  await goTo(opened, 'Prepare');
  await opened.user.click(screen.getByRole('button', { name }));
  return opened;
}

const draftIsOpen = () => screen.findByRole('grid', { name: 'Rows of the draft' });
const TEXT = 'Old ICCID\tNew ICCID\n89148000000000000001\t89148000000000000019';

describe('pasting', () => {
  it('takes what is pasted anywhere on the screen, and nothing that is pasted into a field', async () => {
    const opened = await openWindow();
    await goTo(opened, 'Prepare');
    const clipboardData = { getData: () => TEXT, files: [] };
    fireEvent.paste(document.body, { clipboardData });
    await draftIsOpen();
    expect(opened.double.asked('imports.paste')).toEqual([{ text: TEXT }]);
    await goTo(opened, 'Lines');
    fireEvent.paste(screen.getByLabelText('Find lines'), { clipboardData });
    expect(opened.double.asked('imports.paste')).toHaveLength(1);
  });

  it('takes what is put into the box', async () => {
    const { user, double } = await openWay('Paste a list');
    const box = screen.getByRole('textbox', { name: 'Rows' });
    expect(screen.getByRole('button', { name: 'Check the rows' })).toHaveProperty('disabled', true);
    fireEvent.change(box, { target: { value: TEXT } });
    await user.type(box, '{Control>}{Enter}{/Control}');
    await draftIsOpen();
    expect(double.asked('imports.start').at(0)?.sourceId).toBe('pasted-1');
  });

  it('says that a text is too long', async () => {
    const opened = await openWindow();
    await goTo(opened, 'Prepare');
    fireEvent.paste(document.body, { clipboardData: { getData: () => 'x'.repeat(5_000_000), files: [] } });
    expect((await screen.findByRole('alert')).textContent).toContain('Save it as a file');
  });
});

describe('a template', () => {
  it('is saved for the change that is to be made', async () => {
    const { user, double } = await openWay('Save a template');
    const [, workbook] = await screen.findAllByRole('menuitem', { name: 'Excel workbook, cells as text' });
    if (workbook !== undefined) await user.click(workbook);
    expect(await screen.findByText(/swapdesk-template-ChangeIMEI.xlsx/)).toBeDefined();
    expect(double.asked('imports.template')).toEqual([{ changeType: 'ChangeIMEI', format: 'xlsx' }]);
  });
});

describe('the form', () => {
  it('makes a draft of a few lines, by the keyboard alone', async () => {
    const { user, double } = await openWay('Type a few lines');
    await user.keyboard('5125550142{Enter}');
    expect(await screen.findByText(/MDN of line 42/)).toBeDefined();
    await user.keyboard('89148000000000000001{Enter}first{Enter}');
    await user.keyboard('1042{Enter}8914800000000000001{Enter}');
    expect(screen.getByText('! check digit is odd: compare it')).toBeDefined();
    await user.keyboard('{Control>}{Enter}{/Control}');
    await draftIsOpen();
    expect(double.asked('drafts.addRows')).toMatchObject([
      {
        into: { providerUid: 'provider-1', changeType: 'ChangeICCID' },
        rows: [
          { mdn: '5125550142', newIccid: '89148000000000000001', note: 'first' },
          { deviceId: '1042', newIccid: '8914800000000000001' },
        ],
      },
    ]);
  });

  it('asks for what the change needs, and says what is wrong while it is typed', async () => {
    const { user } = await openWay('Type a few lines');
    await user.click(screen.getByRole('radio', { name: 'Both' }));
    await user.type(screen.getByLabelText('New IMEI, 1'), '490154203237519');
    expect(screen.getByText('! check digit is wrong')).toBeDefined();
    await user.type(screen.getByLabelText('New ICCID, 1'), '490154203237518');
    expect(screen.getByText('! this is an IMEI')).toBeDefined();
    await user.type(screen.getByLabelText('Line now, 1'), 'depot');
    expect(await screen.findByText('! not a number of a line')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Another line' }));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText('Line now, 2')));
    await user.click(screen.getByRole('button', { name: 'Remove line 2' }));
    expect(screen.queryByLabelText('Line now, 2')).toBeNull();
  });
});

const OLD = '89148000000000000001';
const NEW = '89148000000000000019';

const LINE: Line = {
  ...{ id: 412, uid: '0190f1c2-0000-7000-c000-000000000412', provider: 'Northwind Fleet', status: 'active' },
  ...{ iccid: OLD, imei: null, mdn: '5125550142', eid: null, customer: null, ratePlan: null, ratePool: null },
  lastConnectionAt: null,
};

describe('scanning', () => {
  const openScan = (): Promise<OpenedWindow> =>
    openWay('Scan barcodes', ({ double }) => double.handle('lines.find', ({ text }) => (text === OLD ? [LINE] : [])));
  const scan = async ({ user }: OpenedWindow, text: string): Promise<void> => user.keyboard(`${text}{Enter}`);
  const said = (word: string) =>
    screen.findByText((_, element) => element?.tagName === 'STRONG' && element.textContent.endsWith(word));

  it('makes a draft of pairs, whatever has the keyboard', async () => {
    const opened = await openScan();
    await scan(opened, OLD);
    await said('Accepted');
    expect(screen.getByText('Scan the new SIM')).toBeDefined();
    screen.getByRole('button', { name: 'Undo the last scan' }).focus();
    await scan(opened, NEW);
    await screen.findByText('1 whole pair');
    await opened.user.click(screen.getByRole('button', { name: 'Make a draft of 1 pair' }));
    await draftIsOpen();
    expect(opened.double.asked('drafts.addRows')).toMatchObject([
      { into: { changeType: 'ChangeICCID' }, rows: [{ oldIccid: OLD, newIccid: NEW }] },
    ]);
    expect(localStorage).toHaveLength(0);
  });

  it('tells a repeat, a wrong order and a wrong thing, each in its own word', async () => {
    const opened = await openScan();
    await scan(opened, NEW);
    await said('Wrong order');
    await scan(opened, OLD);
    await said('Accepted');
    await scan(opened, OLD);
    await said('Again');
    await scan(opened, '490154203237518');
    await said('Refused');
    await opened.user.keyboard('{Control>}z{/Control}');
    await said('Ready');
    expect(screen.getByText('Scan the old SIM')).toBeDefined();
  });

  it('keeps half a pair over a restart', async () => {
    const opened = await openScan();
    await scan(opened, OLD);
    await said('Accepted');
    await opened.user.click(screen.getByRole('button', { name: 'All ways in' }));
    await opened.user.click(screen.getByRole('button', { name: 'Scan barcodes' }));
    expect(screen.getByText('no whole pairs, and one that has begun')).toBeDefined();
    // The kind of pair stands fast while there are scans.
    expect(screen.queryByRole('combobox', { name: 'What is scanned' })).toBeNull();
  });
});

describe('a change of chosen lines', () => {
  it('begins with the lines that a filter lets through, and their new numbers are pasted', async () => {
    const opened = await openWindow();
    const { user, double } = opened;
    await goTo(opened, 'Lines');
    await user.type(screen.getByLabelText('Find lines'), '512555014');
    await user.selectOptions(screen.getByRole('combobox', { name: 'Service provider' }), 'Northwind Fleet');
    await waitFor(() => expect(double.asked('lines.find').at(-1)).toMatchObject({ providerUid: 'provider-1' }));
    await screen.findByText('7 lines');
    await user.click(screen.getByRole('button', { name: 'Change these lines …' }));
    const make = await screen.findByRole('button', { name: /^Make a draft of \d lines$/ });
    await user.click(make);
    expect(await screen.findByRole('heading', { level: 1, name: 'Fill in new identifiers' })).toBeDefined();
    const [asked] = double.asked('drafts.fromLines');
    expect(asked).toMatchObject({ providerUid: 'provider-1', changeType: 'ChangeICCID' });
    expect(asked !== undefined && 'ids' in asked.lines ? asked.lines.ids.length : 0).toBeGreaterThan(3);
  });

  it('has its new numbers scanned, each found by the old one', async () => {
    const opened = await openWindow();
    const { user, double } = opened;
    await goTo(opened, 'Prepare');
    await user.click(await screen.findByRole('button', { name: /depot swap/ }));
    await user.click(await screen.findByRole('button', { name: 'More for this draft' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Fill in new identifiers …' }));
    await user.click(await screen.findByRole('radio', { name: 'Scan' }));
    // Rows of a draft that lack nothing can be scanned again.
    await user.keyboard('89148000000084266926{Enter}');
    expect(await screen.findByText('row 1, 5125550101, Prairie Rentals')).toBeDefined();
    await user.keyboard(`${NEW}{Enter}`);
    await user.click(await screen.findByRole('button', { name: 'Fill in 1 row' }));
    await draftIsOpen();
    expect(double.asked('drafts.fillIn')).toEqual([{ draftId: 11, rows: [{ row: 1, cells: { newIccid: NEW } }] }]);
  });

  it('takes more lines at its end', async () => {
    const opened = await openWindow();
    const { user, double } = opened;
    await goTo(opened, 'Prepare');
    await user.click(await screen.findByRole('button', { name: /depot swap/ }));
    await user.click(await screen.findByRole('button', { name: 'More for this draft' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Add lines …' }));
    await screen.findByRole('heading', { level: 1, name: 'Add lines to the draft' });
    await user.type(await screen.findByLabelText('Line now, 1'), '1042');
    await user.click(screen.getByRole('button', { name: 'Add 1 line' }));
    await draftIsOpen();
    expect(double.asked('drafts.addRows')).toMatchObject([{ into: { draftId: 11 }, rows: [{ deviceId: '1042' }] }]);
  });
});
