import { changeOptionsSchema } from '../../shared/domain/control';
import { usageError } from '../../shared/domain/fault';

/** @throws usage `argument-refused` unless the text is a whole number from `least` */
export function wholeNumber(option: string, text: string, least = 1): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : -1;
  if (value >= least) return value;
  throw usageError({
    code: 'argument-refused',
    what: `${option} must be a whole number, ${least} or more`,
    where: text,
  });
}

/** @throws usage `argument-refused`, naming what may stand there */
export function oneOf<T extends string>(option: string, text: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === text);
  if (found !== undefined) return found;
  throw usageError({
    code: 'argument-refused',
    what: `${option} can be ${choices.join(', ')}`,
    where: text,
  });
}

/** A TCP port; 0: any free one. @throws usage `argument-refused` */
export function portNumber(option: string, text: string): number {
  const port = wholeNumber(option, text, 0);
  if (port <= 65_535) return port;
  throw usageError({ code: 'argument-refused', what: `${option} must be a port, 65535 at most`, where: text });
}

/** Code of a plan of the carrier's; null: the option is not there. @throws usage `argument-refused` */
export function carrierPlan(option: string, text: string | undefined): string | null {
  const parsed = changeOptionsSchema.shape.carrierPlan.safeParse(text);
  if (parsed.success) return parsed.data;
  throw usageError({
    code: 'argument-refused',
    what: `${option} must be a plan code of the carrier, such as M2M4G5MB`,
    where: text ?? '',
  });
}
