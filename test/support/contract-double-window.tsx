import { MantineProvider } from '@mantine/core';
import { cleanup, configure, fireEvent, render, screen } from '@testing-library/react';
import userEvent, { type UserEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, vi } from 'vitest';
import { App } from '../../renderer/app/app';
import { theme } from '../../renderer/app/theme';
import { useSession } from '../../renderer/api';
import { useRoute } from '../../renderer/lib/route';
import type { ContractDouble } from './contract-double';
import { playDesk, type DeskOptions, type PlayedDesk } from './contract-double-desk';

export interface OpenedWindow extends PlayedDesk {
  readonly user: UserEvent;
}

// A loaded machine takes its time; a test that fails waits this long, one that passes does not.
configure({ asyncUtilTimeout: 5_000 });

let opened: ContractDouble | null = null;

/** What jsdom lacks: sizes never change, no query of a medium matches, and scrolling moves nothing but the position. */
beforeEach(() => {
  vi.stubGlobal('matchMedia', () => ({ matches: false, addEventListener: vi.fn(), removeEventListener: vi.fn() }));
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe = vi.fn();
      unobserve = vi.fn();
      disconnect = vi.fn();
    },
  );
  HTMLElement.prototype.scrollTo = function scrollTo(this: HTMLElement, place?: ScrollToOptions | number) {
    if (typeof place !== 'object') return;
    this.scrollTop = place.top ?? 0;
    fireEvent.scroll(this);
  };
  HTMLElement.prototype.scrollIntoView = vi.fn();
});

/** Every test ends with a screen that kept to the contract, whatever it was about. */
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
  useRoute.setState({ route: { screen: 'home' } });
  useSession.setState({ info: null, session: null, status: null });
  const breaches = opened?.breaches ?? [];
  opened = null;
  expect(breaches).toEqual([]);
});

/**
 * The whole window on a played desk.
 * @param prepare says what is different today, before the window asks anything
 */
export async function openWindow(
  options: DeskOptions = {},
  prepare: (desk: PlayedDesk) => void = () => undefined,
): Promise<OpenedWindow> {
  const desk = playDesk({ nowMs: Date.now(), ...options });
  opened = desk.double;
  prepare(desk);
  desk.double.install(window);
  const user = userEvent.setup();
  render(
    <MantineProvider theme={theme} env="test">
      <App />
    </MantineProvider>,
  );
  await screen.findByRole('heading', { level: 1 });
  return { ...desk, user };
}

/** Goes to a screen as a person does. */
export async function goTo({ user }: OpenedWindow, name: string): Promise<void> {
  await user.click(screen.getByRole('button', { name }));
  await screen.findByRole('heading', { level: 1, name });
}

/** Copies in the focused element. @returns what a spreadsheet and a text field would get */
export function copyHere(): { readonly text: string; readonly html: string } {
  const got = new Map<string, string>();
  fireEvent.copy(document.activeElement ?? document.body, {
    clipboardData: { setData: (type: string, text: string) => void got.set(type, text) },
  });
  return { text: got.get('text/plain') ?? '', html: got.get('text/html') ?? '' };
}
