import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { usageError, workFailed } from '../../../shared/domain/fault';
import { goTo, openWindow, type OpenedWindow } from '../../../test/support/contract-double-window';
import type { DeskOptions, PlayedDesk } from '../../../test/support/contract-double-desk';

async function openPrepare(options?: DeskOptions, prepare?: (desk: PlayedDesk) => void): Promise<OpenedWindow> {
  const opened = await openWindow(options, prepare);
  await goTo(opened, 'Prepare');
  return opened;
}

const FILE = new File(['Current ICCID,New ICCID\n'], 'swaps.csv', { type: 'text/csv' });

describe('import', () => {
  it('takes a chosen file to the draft that it becomes', async () => {
    const { user, double } = await openPrepare();
    await user.upload(screen.getByLabelText('File to import'), FILE);
    expect(await screen.findByRole('grid', { name: 'Rows of the draft' })).toBeDefined();
    expect(double.asked('imports.start')).toMatchObject([
      { sourceId: 'source-1-swaps.csv', providerUid: 'provider-1', changeType: null, map: [], continueDraftId: null },
    ]);
  });

  it('takes a file that is dropped anywhere, for the provider that was chosen', async () => {
    const { user, double } = await openPrepare();
    await user.click(screen.getByRole('combobox', { name: 'Lines of' }));
    await user.click(await screen.findByRole('option', { name: 'Lakeside Utilities' }));
    fireEvent.dragOver(document.body);
    expect(screen.getByText('Let go to check it against the lines of Lakeside Utilities')).toBeDefined();
    fireEvent.drop(document.body, { dataTransfer: { files: [FILE] } });
    await screen.findByRole('grid', { name: 'Rows of the draft' });
    expect(double.asked('imports.start').at(0)?.providerUid).toBe('provider-2');
  });

  it('shows how far it is, and stops when told to', async () => {
    const stop = Promise.withResolvers<never>();
    const { user, double } = await openPrepare({}, (desk) => {
      desk.double.handle('imports.start', () => stop.promise);
      desk.double.handle('imports.cancel', () => {
        stop.reject(workFailed({ code: 'import-stopped', what: 'The import was stopped', todo: 'Nothing was kept.' }));
        return null;
      });
    });
    await user.click(screen.getByRole('button', { name: 'Clean' }));
    expect(await screen.findByText('starting …')).toBeDefined();
    act(() =>
      double.announce('imports.progressed', {
        sourceId: 'sample-clean',
        bytesRead: 1200,
        bytesTotal: 2400,
        rows: 12_000,
      }),
    );
    expect(screen.getByRole('progressbar', { name: 'Read so far' }).getAttribute('aria-valuenow')).toBe('50');
    expect(screen.getByText('12,000 rows read')).toBeDefined();
    // The progress of another import is none of this one.
    act(() => double.announce('imports.progressed', { sourceId: 'other', bytesRead: 1, bytesTotal: 2400, rows: 1 }));
    expect(screen.getByText('12,000 rows read')).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Stop' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The import was stopped');
    expect(double.asked('imports.cancel')).toEqual([{ sourceId: 'sample-clean' }]);
    expect(screen.getByRole('button', { name: 'Choose a file' })).toBeDefined();
  });

  it('tells what is wrong with a file, and lets the person try the next one', async () => {
    const { user, double } = await openPrepare({}, (desk) => {
      desk.double.handle('imports.start', () => {
        throw usageError({
          code: 'not-a-table',
          what: 'The file is no table',
          where: 'swaps.csv',
          why: 'it is a picture',
          todo: 'Save it as CSV.',
        });
      });
    });
    await user.upload(screen.getByLabelText('File to import'), FILE);
    const alert = await screen.findByRole('alert');
    for (const part of ['The file is no table', 'swaps.csv', 'Why: it is a picture.', 'Save it as CSV.', 'not-a-table'])
      expect(alert.textContent).toContain(part);
    await user.upload(screen.getByLabelText('File to import'), FILE);
    expect(double.asked('imports.start')).toHaveLength(2);
  });

  it('offers no samples outside training, and no choice of one provider', async () => {
    const { user } = await openPrepare({ training: false, isNew: true });
    expect(screen.queryByRole('button', { name: 'Clean' })).toBeNull();
    expect(await screen.findByText(/^None. A list that you import/)).toBeDefined();
    await user.click(screen.getByRole('combobox', { name: 'Lines of' }));
    await user.click(await screen.findByRole('option', { name: 'Summit Mobility' }));
    expect(screen.getByText(/has no credentials for Summit Mobility/)).toBeDefined();
  });
});

async function openDraft(
  name: RegExp,
  options?: DeskOptions,
  prepare?: (desk: PlayedDesk) => void,
): Promise<OpenedWindow> {
  const opened = await openPrepare(options, prepare);
  await opened.user.click(await screen.findByRole('button', { name }));
  await screen.findByRole('grid', { name: 'Rows of the draft' });
  return opened;
}

/** Asked by its label: roles of a long list take long to compute. */
const rowCount = () => screen.getByLabelText('Rows of the draft').getAttribute('aria-rowcount');
const lastAsked = ({ double }: OpenedWindow) => double.asked('drafts.rows').at(-1);

describe('the verdict grid', () => {
  it('begins with the errors, and shows the worst finding of a row in short words', async () => {
    const opened = await openDraft(/router exchange/);
    expect(lastAsked(opened)).toMatchObject({ filter: { verdict: 'error', text: '' } });
    const row = screen.getByRole('row', { name: /512 ?555 ?0111/ });
    expect(row.textContent).toContain('target in use + 1 more');
  });

  it('filters by verdict and by finding', async () => {
    const opened = await openDraft(/router exchange/);
    const { user } = opened;
    await user.click(screen.getByText('Valid 361'));
    await waitFor(() => expect(lastAsked(opened)).toMatchObject({ filter: { verdict: 'valid', text: '' } }));
    const finding = screen.getByRole('button', { name: '19 ICCID check digit' });
    await user.click(finding);
    expect(finding.getAttribute('aria-pressed')).toBe('true');
    // The whole code: `iccid-check-digit-missing` is another finding.
    await waitFor(() =>
      expect(lastAsked(opened)).toMatchObject({ filter: { verdict: null, finding: 'iccid-check-digit' } }),
    );
    await waitFor(() => expect(rowCount()).toBe('20'));
    await user.click(finding);
    await waitFor(() =>
      expect(lastAsked(opened)).toMatchObject({ filter: { verdict: null, finding: null, text: '' } }),
    );
  });

  it('filters by text, and shows all again with Escape', async () => {
    const { user } = await openDraft(/router exchange/);
    await user.click(screen.getByText('All 412'));
    await user.keyboard('/');
    await user.keyboard('nothing');
    expect(await screen.findByText('No row fits')).toBeDefined();
    await user.keyboard('{Escape}');
    await waitFor(() => expect(rowCount()).toBe('413'));
  });

  it('has the gravest findings first', async () => {
    await openDraft(/router exchange/);
    const strip = screen.getByRole('group', { name: 'Findings' });
    const words = within(strip)
      .getAllByRole('button')
      .map((button) => button.textContent.replace(/^\W+/, ''));
    expect(words).toEqual([
      '15 digits lost',
      '10 line not active',
      '8 target in use',
      '7 ICCID check digit missing',
      '19 ICCID check digit',
      '19 repaired spaces',
    ]);
  });

  it('folds a long strip, and keeps what was chosen in sight', async () => {
    const findings = Object.fromEntries(
      Array.from({ length: 20 }, (_, index) => [`finding-${index + 10}`, 40 - index]),
    );
    const { user } = await openDraft(/router exchange/, {}, ({ drafts }) => {
      const [first] = drafts;
      if (first !== undefined) drafts[0] = { ...first, findings };
    });
    expect(screen.queryByRole('button', { name: /finding 29/ })).toBeNull();
    await user.click(screen.getByRole('button', { name: '8 more findings' }));
    await user.click(screen.getByRole('button', { name: /finding 29/ }));
    await user.click(screen.getByRole('button', { name: 'Fewer findings' }));
    expect(screen.getByRole('button', { name: /finding 29/, pressed: true })).toBeDefined();
    expect(screen.getByRole('button', { name: '7 more findings' })).toBeDefined();
  });

  it('tells a row’s story beside the grid, follows the arrows, and gives the keyboard back', async () => {
    const { user } = await openDraft(/router exchange/);
    const grid = screen.getByRole('grid');
    expect(document.activeElement).toBe(grid);
    await user.keyboard('{ArrowDown}{ArrowDown}{Enter}');
    const story = screen.getByRole('complementary', { name: 'Line 12 of the file' });
    expect(story.textContent).toContain('The new identifier is on another line');
    expect(story.textContent).toContain('Use another card or device, or free this one first.');
    expect(story.textContent).toContain('line 2201 of Harbor Logistics');
    expect(within(story).getByRole('button', { name: 'Accept with a reason …' })).toBeDefined();
    await user.keyboard('{ArrowUp}');
    expect(screen.getByRole('complementary', { name: 'Line 8 of the file' })).toBeDefined();
    await user.click(screen.getByRole('button', { name: 'Close details' }));
    expect(screen.queryByRole('complementary')).toBeNull();
    expect(document.activeElement).toBe(grid);
  });

  it('says how the list was read, and what of it was left out', async () => {
    await openDraft(/router exchange/);
    expect(
      screen.getByText(
        /read as Windows-1252 .* · separated by semicolons · headings in row 1 · 3 blank lines left out/,
      ),
    ).toBeDefined();
  });

  it('says in one line that everything is fine', async () => {
    await openDraft(/depot swap/);
    expect(screen.getByText(/Every row is fine/)).toBeDefined();
    expect(screen.queryByRole('group', { name: 'Findings' })).toBeNull();
    expect(screen.getByRole('button', { name: 'Send 41 changes …' })).toBeDefined();
  });

  it('keeps the rows that are there when a later page fails, and says so', async () => {
    const opened = await openDraft(/router exchange/);
    opened.double.handle('drafts.rows', () => {
      throw workFailed({ code: 'disk-failed', what: 'The disk can’t be read' });
    });
    await opened.user.click(screen.getByRole('radio', { name: 'Warnings 11' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The disk can’t be read');
  });

  it('renames', async () => {
    const { user, drafts } = await openDraft(/returns/);
    await user.click(screen.getByRole('button', { name: 'More for this draft' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Rename …' }));
    const name = await screen.findByRole('textbox', { name: 'Name' });
    await user.clear(name);
    await user.type(name, 'returns of November{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: 'returns of November' })).toBeDefined();
    expect(drafts.map((draft) => draft.name)).toContain('returns of November');
  });

  it('deletes only after the consequence was shown', async () => {
    const { user, double } = await openDraft(/returns/);
    await user.click(screen.getByRole('button', { name: 'More for this draft' }));
    await user.click(await screen.findByRole('menuitem', { name: 'Delete …' }));
    const dialog = await screen.findByRole('dialog', { name: 'Delete the draft?' });
    await user.click(within(dialog).getByRole('button', { name: 'Keep it' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    const more = screen.getByRole('button', { name: 'More for this draft' });
    expect(document.activeElement).toBe(more);
    await user.click(more);
    await user.click(await screen.findByRole('menuitem', { name: 'Delete …' }));
    const again = await screen.findByRole('dialog', { name: 'Delete the draft?' });
    expect(again.textContent).toContain('17 rows of Northwind Fleet in “returns”');
    expect(double.asked('drafts.remove')).toEqual([]);
    await user.click(within(again).getByRole('button', { name: 'Delete 17 rows' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Prepare' })).toBeDefined();
    expect(screen.queryByRole('button', { name: /returns/ })).toBeNull();
  });
});

describe('send', () => {
  async function openSend(prepare?: (desk: PlayedDesk) => void, name = /router exchange/): Promise<OpenedWindow> {
    const opened = await openDraft(name, {}, prepare);
    await opened.user.click(screen.getByRole('button', { name: /^Send \d+ changes …$/ }));
    await screen.findByRole('dialog', { name: 'Send to Northwind Fleet' });
    return opened;
  }
  const dialog = () => within(screen.getByRole('dialog'));

  it('shows the consequence in numbers, and sends the plan that was shown', async () => {
    const { user, double } = await openSend();
    const send = await dialog().findByRole('button', { name: 'Send 361 changes' });
    expect(screen.getByRole('dialog').textContent).toContain('51 rows stay in the draft: 40 errors, 11 warnings not');
    expect(await dialog().findByText(/Takes between 21 s and 6 min. The first 3 of 361 requests/)).toBeDefined();
    expect(dialog().getByRole('region', { name: 'First requests' }).textContent).toContain('PUT /api/m2m/v1/devices');
    await user.click(send);
    expect(await screen.findByRole('heading', { level: 1, name: /Change 4712/ })).toBeDefined();
    expect(double.asked('changes.submit')).toEqual([
      { draftId: 12, onlyValid: true, acceptWarnings: false, planHash: 'decade17'.repeat(8) },
    ]);
  });

  it('sends rows with warnings only when they are accepted, with their own plan', async () => {
    const { user, double } = await openSend();
    await user.click(dialog().getByRole('checkbox', { name: 'Accept 11 warnings and send these rows too' }));
    const send = await dialog().findByRole('button', { name: 'Send 372 changes' });
    await waitFor(() => expect(send).toHaveProperty('disabled', false));
    await user.click(send);
    await screen.findByRole('heading', { level: 1, name: /Change 4712/ });
    expect(double.asked('changes.submit')).toEqual([
      { draftId: 12, onlyValid: true, acceptWarnings: true, planHash: 'c0ffee42'.repeat(8) },
    ]);
  });

  it('gives every line a plan of the carrier when one is named, and shows the dry run with it first', async () => {
    const { user, double } = await openSend();
    const plan = dialog().getByRole('textbox', { name: 'Also give every line this plan of the carrier' });
    await user.type(plan, 'M2M;4G{Enter}');
    expect(dialog().getByText(/A code has letters/)).toBeDefined();
    await user.clear(plan);
    await user.type(plan, 'M2M4G5MB{Enter}');
    await waitFor(() => expect(double.asked('drafts.plan').at(-1)).toMatchObject({ carrierPlan: 'M2M4G5MB' }));
    await user.click(await dialog().findByRole('button', { name: 'Send 361 changes' }));
    await screen.findByRole('heading', { level: 1, name: /Change 4712/ });
    expect(double.asked('changes.submit')).toMatchObject([
      { planHash: 'ba5eba11'.repeat(8), options: { carrierPlan: 'M2M4G5MB' } },
    ]);
  });

  it('says when the draft has moved, and shows the new plan before it sends again', async () => {
    const { user, double } = await openSend(({ double: before }) => {
      before.handle('changes.submit', () => {
        throw workFailed({ code: 'plan-moved', what: 'The draft is no longer what was shown', todo: 'Look again.' });
      });
    });
    await user.click(await dialog().findByRole('button', { name: 'Send 361 changes' }));
    expect((await dialog().findByRole('alert')).textContent).toContain('The draft is no longer what was shown');
    await waitFor(() => expect(double.asked('drafts.plan')).toHaveLength(2));
    expect(screen.getByRole('dialog')).toBeDefined();
  });

  it('sends nothing without a plan', async () => {
    const { double } = await openSend(({ double: before }) => {
      before.handle('drafts.plan', () => {
        throw usageError({ code: 'draft-unknown', what: 'The draft is gone' });
      });
    });
    expect((await dialog().findByRole('alert')).textContent).toContain('The draft is gone');
    expect(dialog().getByRole('button', { name: 'Send 361 changes' })).toHaveProperty('disabled', true);
    expect(double.asked('changes.submit')).toEqual([]);
  });

  it('asks for the warnings where nothing else can be sent', async () => {
    await openSend(({ drafts }) => {
      const [first] = drafts;
      if (first !== undefined) drafts[0] = { ...first, valid: 0, warning: 11, error: 40, rows: 51 };
    });
    expect(screen.getByRole('dialog').textContent).toContain('Every row that can be sent has a warning');
    expect(dialog().getByRole('button', { name: 'Send no changes' })).toHaveProperty('disabled', true);
  });

  it('is closed to who may not send, with the reason', async () => {
    const { user } = await openDraft(/router exchange/, { role: 'preparer' });
    const send = screen.getByRole('button', { name: 'Send 372 changes …' });
    await user.click(send);
    expect(screen.queryByRole('dialog')).toBeNull();
    expect((await screen.findByRole('tooltip')).textContent).toContain('The role preparer may not send');
  });
});
