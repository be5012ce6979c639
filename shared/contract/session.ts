import { z } from 'zod';
import { permissionSchema, roleSchema } from '../domain/permission';
import { call, event } from './define';

/** What the screen knows of whoever works here. The session token stays in main. */
export const sessionInfoSchema = z.object({
  userName: z.string(),
  role: roleSchema,
  permissions: z.array(permissionSchema),
  providers: z.array(z.object({ uid: z.string(), name: z.string(), account: z.string(), hasCredentials: z.boolean() })),
});
export type SessionInfo = z.infer<typeof sessionInfoSchema>;

export const session = {
  current: call('anybody', z.null(), sessionInfoSchema.nullable()),
  signIn: call(
    'anybody',
    z.object({ user: z.string().min(1).max(200), password: z.string().min(1).max(1000) }),
    sessionInfoSchema,
  ),
  signOut: call('signed-in', z.null(), z.null()),
  /** The training users with their public passwords; empty outside training mode. */
  trainingUsers: call(
    'anybody',
    z.null(),
    z.array(z.object({ name: z.string(), role: roleSchema, password: z.string(), about: z.string() })),
  ),
  ended: event(z.object({ reason: z.string() })),
};
