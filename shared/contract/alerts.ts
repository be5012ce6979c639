import { z } from 'zod';
import { alertSchema } from '../domain/alert';
import { call, event } from './define';

export const alerts = {
  list: call('providers.read', z.null(), z.array(alertSchema)),
  acknowledge: call('changes.run', z.object({ uid: z.string() }), z.null()),
  changed: event(z.null()),
};
