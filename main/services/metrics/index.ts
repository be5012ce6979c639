export { createMetricsService } from './metrics.service';
export type { HourOfWork, Latency, MetricsService, ProviderMeasures } from './types';
