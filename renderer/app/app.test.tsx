import { act, fireEvent, screen, waitFor, within } from '@testing-library/react';
import { describe, expect, it, vi } from 'vitest';
import { usageError, workFailed } from '../../shared/domain/fault';
import { roleSchema, type Role } from '../../shared/domain/permission';
import { goTo, openWindow } from '../../test/support/contract-double-window';

const LOST = workFailed({
  code: 'central-unreachable',
  what: 'The central database does not answer',
  where: 'db.example:5432',
  why: 'the connection was refused',
  todo: 'Check the network.',
});

describe('the window', () => {
  it('tells the shell when the first screen can be used', async () => {
    await openWindow({ signedIn: false });
    await waitFor(() => expect(document.documentElement.dataset['ready']).toBe('true'));
  });

  it('shows why it can’t start', async () => {
    const opening = openWindow({}, ({ double }) => {
      double.handle('app.info', () => {
        throw LOST;
      });
    });
    const alert = await screen.findByRole('alert');
    expect(alert.textContent).toContain('The central database does not answer');
    expect(alert.textContent).toContain('Why: the connection was refused.');
    expect(alert.textContent).toContain('Check the network.');
    await expect(opening).rejects.toThrow();
  });

  it('can’t be mistaken for real work in training', async () => {
    await openWindow();
    expect(screen.getByRole('region', { name: 'Training mode' }).textContent).toContain('simulated carrier');
  });

  it('looks like real work where it is', async () => {
    await openWindow({ training: false });
    expect(screen.queryByRole('region', { name: 'Training mode' })).toBeNull();
    expect(document.querySelector('[data-training]')).toBeNull();
  });

  it('goes back to the sign-in when main ends the session, and says why', async () => {
    const { double } = await openWindow();
    act(() => double.announce('session.ended', { reason: 'The session ran out after 12 hours.' }));
    expect(await screen.findByRole('heading', { name: 'Sign in to Swapdesk' })).toBeDefined();
    expect(screen.getByText('The session ran out after 12 hours.')).toBeDefined();
  });

  it('signs out', async () => {
    const { user, double } = await openWindow();
    await user.click(screen.getByRole('button', { name: 'Sign out' }));
    expect(await screen.findByRole('heading', { name: 'Sign in to Swapdesk' })).toBeDefined();
    expect(double.asked('session.signOut')).toHaveLength(1);
  });

  it('loses one screen, and not the window, to a defect of that screen', async () => {
    const opened = await openWindow();
    // A time that no clock can show: the contract lets the text through.
    const broken = opened.changes.map((change) => ({ ...change, createdAt: 'no time' }));
    opened.double.handle('changes.list', () => ({ total: broken.length, changes: broken }));
    const heard = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    await opened.user.click(screen.getByRole('button', { name: 'Changes' }));
    expect((await screen.findByRole('alert')).textContent).toContain('The window met an error of its own');
    expect(heard).toHaveBeenCalled();
    await opened.user.click(screen.getByRole('button', { name: 'Settings' }));
    expect(await screen.findByRole('heading', { level: 1, name: 'Settings' })).toBeDefined();
  });

  it('lets no dropped file take the place of the page', async () => {
    await openWindow();
    expect(fireEvent.drop(document.body)).toBe(false);
    expect(fireEvent.dragOver(document.body)).toBe(false);
  });
});

describe('connection and data age', () => {
  it('shows offline as a state: what works, and what waits', async () => {
    const { double } = await openWindow();
    expect(screen.getByRole('status', { name: 'Connection' }).textContent).toContain('online · sending is on');
    act(() =>
      double.announce('app.statusChanged', {
        central: 'offline',
        centralAddress: 'db.example:5432',
        mirrorAt: '2026-11-24T07:00:00.000Z',
        processor: 'stopped',
        processorNote: 'It is tried again every 10 seconds.',
      }),
    );
    const note = screen.getByRole('status', { name: 'State of the connection' });
    expect(note.textContent).toContain('Offline.');
    expect(note.textContent).toContain('what is sent waits here');
    expect(note.textContent).toContain('It is tried again every 10 seconds.');
    expect(screen.getByRole('status', { name: 'Connection' }).textContent).toContain('offline · sending is off');
  });

  it('syncs at the press of a button, and tells a failure', async () => {
    const { user, double } = await openWindow();
    await user.click(screen.getByRole('button', { name: 'Sync now' }));
    await screen.findByText('just now');
    double.handle('lines.sync', () => {
      throw LOST;
    });
    await user.click(screen.getByRole('button', { name: 'Sync now' }));
    const alert = await screen.findByRole('alert');
    await user.click(within(alert).getByRole('button', { name: 'Close' }));
    expect(screen.queryByRole('alert')).toBeNull();
  });

  it('leads from the notices to where they stand', async () => {
    const { user } = await openWindow({ notices: ['No keychain was found.', 'No sandbox.'] });
    await user.click(screen.getByRole('button', { name: /2 notices/ }));
    const about = await screen.findByRole('region', { name: 'About' });
    expect(within(about).getByText('No keychain was found.')).toBeDefined();
  });
});

const MAY: Readonly<Record<Role, readonly string[]>> = {
  viewer: ['Changes', 'Queue', 'Lines'],
  preparer: ['Prepare', 'Changes', 'Queue', 'Lines'],
  operator: ['Prepare', 'Changes', 'Queue', 'Lines', 'Audit'],
  approver: ['Changes', 'Queue', 'Lines', 'Audit'],
  auditor: ['Changes', 'Queue', 'Lines', 'Audit'],
  administrator: ['Prepare', 'Changes', 'Queue', 'Lines', 'Audit'],
};

describe('what a role may see', () => {
  it.each(roleSchema.options)('%s', async (role) => {
    await openWindow({ role });
    const navigation = screen.getByRole('navigation', { name: 'Screens' });
    const open = within(navigation)
      .getAllByRole('button')
      .filter((button) => button.getAttribute('aria-disabled') !== 'true')
      .map((button) => button.textContent.replace(/\d+$/, ''));
    expect(open.filter((name) => !['Home', 'Settings', ''].includes(name))).toEqual(MAY[role]);
  });

  it('says why a screen is closed, also to the keyboard', async () => {
    const { user } = await openWindow({ role: 'viewer' });
    const audit = screen.getByRole('button', { name: 'Audit' });
    await user.click(audit);
    expect(screen.getByRole('heading', { level: 1, name: 'Home' })).toBeDefined();
    act(() => audit.focus());
    expect((await screen.findByRole('tooltip')).textContent).toBe('The role viewer has no access to Audit');
  });

  it('counts what needs me', async () => {
    await openWindow();
    const home = screen.getByRole('button', { name: 'Home' });
    await waitFor(() => expect(home.textContent).toBe('Home2'));
    expect(home.getAttribute('aria-description')).toBe('2 need you');
  });
});

describe('home', () => {
  it('leads from rows that wait for a person to these rows', async () => {
    const { user, double } = await openWindow();
    const needs = await screen.findByRole('region', { name: 'What needs me' });
    await user.click(within(needs).getByRole('button', { name: /refused 9 rows change 4711/ }));
    await screen.findByRole('heading', { level: 1, name: /Change 4711/ });
    await waitFor(() => expect(double.asked('changes.rows').at(-1)?.only).toBe('error'));
  });

  it('shows the progress of a change as it goes', async () => {
    const { double, changes } = await openWindow();
    const before = await screen.findByRole('img', { name: /Change 4711: 264 processed/ });
    const [first] = changes;
    if (first === undefined) throw new Error('the desk has no change');
    const counts = { byStatus: { processed: first.rows }, needsPerson: 0 };
    changes[0] = { ...first, status: 'processed', counts };
    act(() => double.announce('changes.progressed', { changeId: first.id, status: 'processed', counts }));
    expect(await screen.findByRole('img', { name: `Change 4711: ${first.rows} processed` })).toBeDefined();
    expect(before.isConnected).toBe(true);
  });

  it('offers the first step where nothing is there yet', async () => {
    const { user, double } = await openWindow({ isNew: true });
    await user.click(await screen.findByRole('button', { name: 'Import the sample with real-life damage' }));
    expect(await screen.findByRole('grid', { name: 'Rows of the draft' })).toBeDefined();
    expect(double.asked('imports.start')).toMatchObject([
      { sourceId: 'sample-damaged', providerUid: 'provider-1', changeType: null, map: [], continueDraftId: null },
    ]);
  });

  it('offers nothing to who may not prepare', async () => {
    await openWindow({ isNew: true, role: 'viewer' });
    expect(await screen.findByText('Nothing to see yet')).toBeDefined();
    expect(screen.queryByRole('button', { name: /Import/ })).toBeNull();
  });

  it('asks again after a failure', async () => {
    let isLost = true;
    const { user } = await openWindow({}, ({ double, changes }) => {
      double.handle('changes.list', () => {
        if (isLost) throw LOST;
        return { total: changes.length, changes };
      });
    });
    const alert = await screen.findByRole('alert');
    isLost = false;
    await user.click(within(alert).getByRole('button', { name: 'Try again' }));
    expect(await screen.findByRole('region', { name: 'Newest changes' })).toBeDefined();
  });
});

describe('queue, lines, settings', () => {
  it('shows the queue by service provider', async () => {
    const opened = await openWindow();
    await goTo(opened, 'Queue');
    const row = await screen.findByRole('row', { name: /Lakeside Utilities/ });
    expect(row.textContent).toContain('paused');
    expect(row.textContent).toContain('none');
  });

  it('finds a line, and shows all that is known of it', async () => {
    const opened = await openWindow();
    await goTo(opened, 'Lines');
    await opened.user.type(screen.getByLabelText('Find lines'), '5125550142');
    await waitFor(() => expect(opened.double.asked('lines.find').at(-1)?.text).toBe('5125550142'));
    const grid = await screen.findByRole('grid', { name: 'Lines' });
    await waitFor(() => expect(grid.getAttribute('aria-rowcount')).toBe('2'));
    act(() => grid.focus());
    await opened.user.keyboard('{Enter}');
    expect(screen.getByRole('complementary', { name: 'Line 42' })).toBeDefined();
  });

  it('tells that no line fits', async () => {
    const opened = await openWindow();
    await goTo(opened, 'Lines');
    await opened.user.type(screen.getByLabelText('Find lines'), 'zzz');
    expect(await screen.findByText('No line has “zzz”')).toBeDefined();
  });

  it('changes the theme', async () => {
    const opened = await openWindow();
    await goTo(opened, 'Settings');
    await opened.user.click(screen.getByRole('radio', { name: 'Dark' }));
    expect(document.documentElement.getAttribute('data-mantine-color-scheme')).toBe('dark');
  });

  it('shows a refusal of the queue with its story', async () => {
    const opened = await openWindow({}, ({ double }) => {
      double.handle('queue.stats', () => {
        throw usageError({ code: 'queue-locked', what: 'The queue can’t be read now' });
      });
    });
    await goTo(opened, 'Queue');
    expect((await screen.findByRole('alert')).textContent).toContain('The queue can’t be read now');
  });
});
