import { screen, within } from '@testing-library/react';
import { expect, it } from 'vitest';
import { usageError } from '../../../shared/domain/fault';
import { openWindow } from '../../../test/support/contract-double-window';

it('signs in as a training user with one click', async () => {
  const { user, double } = await openWindow({ signedIn: false });
  const users = await screen.findByRole('region', { name: 'Training users' });
  await user.click(await within(users).findByRole('button', { name: /Sign in as olivia operator/ }));
  expect(await screen.findByRole('heading', { name: 'Home' })).toBeDefined();
  expect(double.asked('session.signIn')).toEqual([{ user: 'olivia', password: 'training' }]);
});

it('tells a wrong password in words, and what to do', async () => {
  const { user } = await openWindow({ signedIn: false, training: false });
  await user.type(screen.getByLabelText('User name'), 'olivia');
  await user.type(screen.getByLabelText('Password'), 'guess');
  await user.click(screen.getByRole('button', { name: 'Sign in' }));
  const alert = await screen.findByRole('alert');
  expect(alert.textContent).toContain('The user name or the password is wrong');
  expect(alert.textContent).toContain('Type both again.');
  expect(alert.textContent).toContain('credentials-wrong');
  expect(screen.queryByRole('heading', { name: 'Home' })).toBeNull();
});

it('asks once, however often Enter is pressed', async () => {
  const { user, double } = await openWindow({ signedIn: false, training: false }, (desk) => {
    desk.double.handle('session.signIn', () => new Promise(() => undefined));
  });
  await user.type(screen.getByLabelText('User name'), 'olivia');
  await user.type(screen.getByLabelText('Password'), 'training{Enter}{Enter}');
  expect(double.asked('session.signIn')).toHaveLength(1);
});

it('shows no training users, but the notices, outside training', async () => {
  const { double } = await openWindow({ signedIn: false, training: false, notices: ['No keychain was found.'] });
  expect(screen.queryByRole('region', { name: 'Training users' })).toBeNull();
  expect(screen.queryByRole('region', { name: 'Training mode' })).toBeNull();
  expect(screen.getByText('No keychain was found.')).toBeDefined();
  expect(double.asked('session.trainingUsers')).toEqual([]);
});

it('says when the training users can’t be told, and asks again', async () => {
  const { user, double } = await openWindow({ signedIn: false }, (desk) => {
    desk.double.handle('session.trainingUsers', () => {
      throw usageError({ code: 'training-unknown', what: 'The training users are not known' });
    });
  });
  const alert = await screen.findByRole('alert');
  double.handle('session.trainingUsers', () => [
    { name: 'vera', role: 'viewer' as const, password: 'training', about: 'looks' },
  ]);
  await user.click(within(alert).getByRole('button', { name: 'Try again' }));
  expect(await screen.findByRole('button', { name: /Sign in as vera/ })).toBeDefined();
});
