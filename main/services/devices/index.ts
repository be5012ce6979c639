export { createDevicesService } from './devices.service';
export type { DevicesService, LineFacts, LoadResult, Provider, ProviderInput } from './types';
