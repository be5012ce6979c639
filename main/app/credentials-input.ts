import { usageError } from '../../shared/domain/fault';
import { thingSpaceCredentialsSchema, type ThingSpaceCredentials } from '../services/credentials';

/** Reads `{"clientId", "clientSecret", "username", "password"}`. @throws usage `credentials-refused` */
export function parseCredentials(text: string): ThingSpaceCredentials {
  // The text holds secrets: an error names the places, never what stands there.
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    value = undefined;
  }
  const parsed = thingSpaceCredentialsSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw usageError({
    code: 'credentials-refused',
    what: 'Standard input is not the credentials that are needed',
    why: parsed.error.issues.map((issue) => issue.path.join('.') || 'not a JSON object').join(', '),
    todo: 'Give {"clientId": …, "clientSecret": …, "username": …, "password": …}.',
  });
}
