export { createAlertsService } from './alerts.service';
export type { Alert, AlertsService, NewAlert } from './types';
