import { MantineProvider } from '@mantine/core';
import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, it, vi } from 'vitest';
import type { AppInfo } from '../../../shared/contract/app';
import { createContractDouble } from '../../../test/support/contract-double';
import { PROVIDERS, playDesk, sessionOf } from '../../../test/support/contract-double-desk';

const INFO: AppInfo = { version: '0.1.0', shell: 'chromium', training: true, notices: [], node: '24' };

beforeEach(() => {
  vi.resetModules();
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
});

/** The client binds to the bridge when it is loaded, so the double is put on the window first. */
async function openSignIn(bridge: unknown, onSignedIn: (session: unknown) => void): Promise<void> {
  Object.defineProperty(window, 'api', { value: bridge, configurable: true });
  const { SignIn } = await import('./index');
  render(
    <MantineProvider>
      <SignIn info={INFO} ended={null} onSignedIn={onSignedIn} />
    </MantineProvider>,
  );
}

it('signs in as a training user with one click', async () => {
  const onSignedIn = vi.fn();
  await openSignIn(playDesk({}).double.bridge, onSignedIn);
  await userEvent.click(await screen.findByRole('button', { name: /Sign in as olivia/ }));
  await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledWith(expect.objectContaining({ providers: PROVIDERS })));
});

it('hands over who signed in, and tells nothing else', async () => {
  const double = createContractDouble();
  double.handle('session.trainingUsers', () => []);
  double.handle('session.signIn', () => sessionOf('operator'));
  const onSignedIn = vi.fn();
  await openSignIn(double.bridge, onSignedIn);
  await userEvent.type(screen.getByLabelText(/User name/), 'olivia');
  await userEvent.type(screen.getByLabelText(/^Password/), 'a-long-password');
  await userEvent.click(screen.getByRole('button', { name: 'Sign in' }));
  await vi.waitFor(() => expect(onSignedIn).toHaveBeenCalledWith(sessionOf('operator')));
});
