import { act, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { workFailed } from '../../../shared/domain/fault';
import { goTo, openWindow, type OpenedWindow } from '../../../test/support/contract-double-window';
import { entryOf } from '../../../test/support/contract-double-data';
import type { DeskOptions, PlayedDesk } from '../../../test/support/contract-double-desk';

async function openChange(
  row: number,
  options?: DeskOptions,
  prepare?: (desk: PlayedDesk) => void,
): Promise<OpenedWindow> {
  const opened = await openWindow(options, prepare);
  await goTo(opened, 'Changes');
  const list = await screen.findByRole('grid', { name: 'Changes' });
  await opened.user.click(await within(list).findByRole('row', { name: new RegExp(`^ ?${row} ?router`) }));
  await screen.findByRole('grid', { name: 'Rows of the change' });
  return opened;
}

const lastAsked = ({ double }: OpenedWindow) => double.asked('changes.rows').at(-1);

describe('the list of changes', () => {
  it('opens a change by keyboard alone', async () => {
    const opened = await openWindow();
    await goTo(opened, 'Changes');
    const list = await screen.findByRole('grid', { name: 'Changes' });
    act(() => list.focus());
    await opened.user.keyboard('{ArrowDown}{Enter}');
    expect(await screen.findByRole('heading', { level: 1, name: /Change 4710/ })).toBeDefined();
    await opened.user.click(screen.getByRole('button', { name: 'All changes' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Changes' })).toBeDefined();
  });

  it('says how a change comes about where there is none', async () => {
    const opened = await openWindow({ isNew: true });
    await goTo(opened, 'Changes');
    expect(await screen.findByText('No changes yet')).toBeDefined();
  });
});

describe('one change', () => {
  it('tells its progress in numbers and words, and keeps them true as it goes', async () => {
    const opened = await openChange(4711);
    const progress = screen.getByRole('status', { name: 'Progress' });
    expect(progress.textContent).toBe(
      '264 processed · 28 under way · 82 waiting · 2 unknown, being read back · 2 unknown, for you to decide · 9 failed',
    );
    const rowsAsked = opened.double.asked('changes.rows').length;
    act(() =>
      opened.double.announce('changes.progressed', {
        changeId: 4711,
        status: 'processing',
        counts: { byStatus: { processed: 300, submitted: 87 }, needsPerson: 0 },
      }),
    );
    expect(progress.textContent).toBe('300 processed · 87 under way');
    await waitFor(() => expect(opened.double.asked('changes.rows').length).toBe(rowsAsked + 1));
    // The progress of another change is none of this one.
    act(() =>
      opened.double.announce('changes.progressed', {
        changeId: 4710,
        status: 'processed',
        counts: { byStatus: { processed: 1 }, needsPerson: 0 },
      }),
    );
    expect(progress.textContent).toBe('300 processed · 87 under way');
  });

  it('asks once more, not once each, when news come faster than answers', async () => {
    const opened = await openChange(4711);
    const before = opened.double.asked('changes.rows').length;
    act(() => {
      for (let processed = 1; processed <= 20; processed += 1) {
        opened.double.announce('changes.progressed', {
          changeId: 4711,
          status: 'processing',
          counts: { byStatus: { processed, queued: 387 - processed }, needsPerson: 0 },
        });
      }
    });
    await waitFor(() => expect(screen.getByRole('status', { name: 'Progress' }).textContent).toContain('20 processed'));
    expect(opened.double.asked('changes.rows').length - before).toBeLessThanOrEqual(2);
  });

  it('shows the rows of one state', async () => {
    const opened = await openChange(4711);
    await opened.user.click(screen.getByRole('radio', { name: 'refused 9' }));
    await waitFor(() => expect(lastAsked(opened)).toMatchObject({ changeId: 4711, only: 'error' }));
    await waitFor(() => expect(screen.getByRole('grid').getAttribute('aria-rowcount')).toBe('10'));
    expect(screen.getByRole('grid').textContent).toContain('DeviceAlreadyActive');
  });

  it('tells what happened to a row, why, and what to do', async () => {
    const { user } = await openChange(4711, {}, ({ double }) => {
      double.handle('audit.search', ({ text }) => ({
        total: 1,
        entries: [{ ...entryOf(7, null, '2026-11-24T07:00:00.000Z'), deviceChange: text, action: 'row.failed' }],
      }));
    });
    await user.click(screen.getByRole('radio', { name: 'refused 9' }));
    const rows = await screen.findAllByText('DeviceAlreadyActive');
    const [first] = rows;
    if (first === undefined) throw new Error('no row was refused');
    await user.click(first);
    const story = screen.getByRole('complementary', { name: 'Row 1' });
    expect(story.textContent).toContain('The new SIM is already active on another line.');
    expect(story.textContent).toContain('api_permanent · DeviceAlreadyActive');
    expect(story.textContent).toContain('0190f1c2-0000-7000-b000-000000000001');
    expect(story.textContent).toContain('6b1f0c52-9a1d-4ee1-b3a7-000000000001');
    await waitFor(() => expect(story.textContent).toContain('row.failed'));
  });

  it('copies a row’s story for support', async () => {
    const { user } = await openChange(4711);
    await user.click(screen.getByRole('radio', { name: 'refused 9' }));
    const [first] = await screen.findAllByText('DeviceAlreadyActive');
    if (first === undefined) throw new Error('no row was refused');
    await user.click(first);
    let copied = '';
    document.execCommand = vi.fn(() => {
      const event = new Event('copy', { cancelable: true });
      Object.defineProperty(event, 'clipboardData', {
        value: { setData: (_type: string, text: string) => (copied = text) },
      });
      return document.dispatchEvent(event);
    });
    await user.click(screen.getByRole('button', { name: 'Copy for support' }));
    expect(copied).toContain('change 4711, row 1: The new SIM is already active on another line.');
    expect(copied).toContain('correlation id 0190f1c2-0000-7000-b000-000000000001');
    expect(screen.getByRole('button', { name: 'Copied' })).toBeDefined();
  });

  it('shows proof and trail only to who may read the trail', async () => {
    const { user, double } = await openChange(4711, { role: 'viewer' });
    act(() => screen.getByRole('grid').focus());
    await user.keyboard('{Enter}');
    expect(screen.getByRole('complementary', { name: 'Row 1' }).textContent).toContain('callback of the carrier');
    expect(screen.queryByRole('button', { name: 'Audit trail' })).toBeNull();
    expect(double.asked('audit.search')).toEqual([]);
  });

  it('leads to its audit trail', async () => {
    const { user, double } = await openChange(4711);
    await user.click(screen.getByRole('button', { name: 'Audit trail' }));
    await screen.findByRole('grid', { name: 'Audit entries' });
    expect(double.asked('audit.search').at(-1)?.change).toBe('0190f1c2-0000-7000-9000-000000004711');
  });

  it('tells that a change can’t be read', async () => {
    const opened = await openWindow({}, ({ double }) => {
      double.handle('changes.get', () => {
        throw workFailed({ code: 'disk-failed', what: 'The disk can’t be read' });
      });
    });
    await goTo(opened, 'Changes');
    const list = await screen.findByRole('grid', { name: 'Changes' });
    act(() => list.focus());
    await opened.user.keyboard('{Enter}');
    expect((await screen.findByRole('alert')).textContent).toContain('The disk can’t be read');
  });
});

describe('the report', () => {
  it('is saved in the chosen format, and says where it lies', async () => {
    const { user, double } = await openChange(4711);
    await user.click(screen.getByRole('button', { name: 'Save report' }));
    await user.click(await screen.findByRole('menuitem', { name: 'CSV, for spreadsheets' }));
    const saved = await screen.findByRole('status', { name: 'Report saved' });
    expect(saved.textContent).toContain('Downloads/swapdesk-change-4711.csv');
    expect(double.asked('reports.save')).toEqual([{ changeId: 4711, format: 'csv' }]);
    await user.click(within(saved).getByRole('button', { name: 'Show in folder' }));
    expect(double.asked('app.showSavedFile')).toEqual([{ savedId: 'saved-1' }]);
    await user.click(within(saved).getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('status', { name: 'Report saved' })).toBeNull();
  });

  it('says nothing when the person left the dialog', async () => {
    const { user, double } = await openChange(4711, {}, (desk) => desk.double.handle('reports.save', () => null));
    await user.click(screen.getByRole('button', { name: 'Save report' }));
    await user.click(await screen.findByRole('menuitem', { name: 'PDF, for people' }));
    await waitFor(() => expect(double.asked('reports.save')).toHaveLength(1));
    expect(screen.queryByRole('status', { name: 'Report saved' })).toBeNull();
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('tells why it could not be saved', async () => {
    const { user } = await openChange(4711, {}, ({ double }) => {
      double.handle('reports.save', () => {
        throw workFailed({ code: 'disk-full', what: 'The report could not be written', why: 'the disk is full' });
      });
    });
    await user.click(screen.getByRole('button', { name: 'Save report' }));
    await user.click(await screen.findByRole('menuitem', { name: 'PDF, for people' }));
    expect((await screen.findByRole('alert')).textContent).toContain('Why: the disk is full.');
  });
});
