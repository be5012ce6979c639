export { createAlertsService } from './alerts.service';
export type { AlertsService, NewAlert } from './types';
