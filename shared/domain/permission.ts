import { z } from 'zod';

export const roleSchema = z.enum(['viewer', 'preparer', 'operator', 'approver', 'auditor', 'administrator']);
export type Role = z.infer<typeof roleSchema>;

/** Of accounts that no person signs in with: the callback receiver on a server. It works without a window. */
export const serviceRoleSchema = z.enum(['receiver']);

export const accountRoleSchema = z.enum([...roleSchema.options, ...serviceRoleSchema.options]);
export type AccountRole = z.infer<typeof accountRoleSchema>;

export const permissionSchema = z.enum([
  'lines.read',
  'lines.load',
  'drafts.edit',
  'changes.read',
  'changes.submit',
  'changes.run',
  'changes.control',
  'changes.approve',
  'callbacks.store',
  'queue.read',
  'queue.manage',
  'audit.read',
  'audit.export',
  'reports.read',
  'providers.read',
  'providers.manage',
  'credentials.manage',
  'users.manage',
  'central.manage',
]);
export type Permission = z.infer<typeof permissionSchema>;

const READ: readonly Permission[] = ['lines.read', 'changes.read', 'queue.read', 'reports.read', 'providers.read'];

/**
 * The permission matrix, as data. The central database is given the same table by `migrate`, so that main and the
 * database judge alike. Nobody approves what they made, whatever their role.
 */
export const PERMISSIONS_OF: Readonly<Record<AccountRole, readonly Permission[]>> = {
  viewer: READ,
  preparer: [...READ, 'drafts.edit'],
  operator: [
    ...READ,
    'drafts.edit',
    'changes.submit',
    'changes.run',
    'changes.control',
    'callbacks.store',
    'queue.manage',
    'lines.load',
    'audit.read',
  ],
  approver: [...READ, 'changes.approve', 'audit.read'],
  auditor: [...READ, 'audit.read', 'audit.export'],
  administrator: permissionSchema.options,
  receiver: ['providers.read', 'callbacks.store'],
};

export function isAllowed(role: AccountRole, permission: Permission): boolean {
  return PERMISSIONS_OF[role].includes(permission);
}
