import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TrainingUser } from '../ipc';
import type { ThingSpaceCredentials } from '../services/credentials';
import type { Config } from './config';

/**
 * Training mode: its own folder, its own carrier (the simulator), public users and public credentials. Nothing of it is
 * secret, and nothing of it can reach a real provider.
 */
export const TRAINING_PASSWORD = 'swapdesk-training';

export const TRAINING_USERS: readonly TrainingUser[] = [
  { name: 'olivia', role: 'operator', about: 'prepares, sends and watches changes' },
  { name: 'paul', role: 'preparer', about: 'imports and repairs lists, sends nothing' },
  { name: 'anna', role: 'approver', about: 'approves large changes of others' },
  { name: 'victor', role: 'viewer', about: 'looks, changes nothing' },
  { name: 'alma', role: 'auditor', about: 'reads and exports the audit trail' },
  { name: 'admin', role: 'administrator', about: 'manages users, providers and credentials' },
].map((user) => ({ ...user, password: TRAINING_PASSWORD })) as readonly TrainingUser[];

export interface TrainingProvider {
  readonly name: string;
  /** The simulator's account; its leading zeros count. */
  readonly account: string;
  readonly portal: 'm2m' | 'mobility';
  readonly credentials: ThingSpaceCredentials;
  readonly customers: readonly {
    readonly name: string;
    readonly ratePlans: readonly string[];
    readonly ratePool: string;
  }[];
}

const credentialsOf = (number: number): ThingSpaceCredentials => ({
  clientId: `training-key-${number}`,
  clientSecret: `training-secret-${number}`,
  username: `training-user-${number}`,
  password: `training-password-${number}`,
  callbackUsername: `training-callback-${number}`,
  callbackPassword: `training-callback-password-${number}`,
});

export const TRAINING_PROVIDERS: readonly TrainingProvider[] = [
  {
    // First by name too: it is the one that the window offers, and the samples are of its lines.
    name: 'Contoso Fleet',
    account: '0000123456-00001',
    portal: 'm2m',
    credentials: credentialsOf(1),
    customers: [
      { name: 'Harbor Logistics', ratePlans: ['HL-5MB', 'HL-50MB'], ratePool: 'HL-Pool' },
      { name: 'Prairie Rentals', ratePlans: ['PR-10MB'], ratePool: 'PR-Pool' },
    ],
  },
  {
    name: 'Fabrikam Metering',
    account: '0000123456-00002',
    portal: 'm2m',
    credentials: credentialsOf(2),
    customers: [
      { name: 'Lakeside Water', ratePlans: ['LW-1MB'], ratePool: 'LW-Pool' },
      { name: 'Summit Gas', ratePlans: ['SG-1MB', 'SG-5MB'], ratePool: 'SG-Pool' },
    ],
  },
  {
    name: 'Northwind Mobility',
    account: '0000123456-00003',
    portal: 'mobility',
    credentials: credentialsOf(3),
    customers: [{ name: 'City Buses', ratePlans: ['CB-100MB'], ratePool: 'CB-Pool' }],
  },
];

export const TRAINING_LINES = 5_000;

export const trainingHome = (homeDir: string): string => join(homeDir, 'training');

/** A folder that a central database was connected to is worked in; else the window opens in training. */
export function chooseHome(config: Config): { dir: string; training: boolean } {
  const wantsTraining = config.argv.includes('--training');
  const connected = existsSync(join(config.home, 'central.json'));
  return connected && !wantsTraining
    ? { dir: config.home, training: false }
    : { dir: trainingHome(config.home), training: true };
}
