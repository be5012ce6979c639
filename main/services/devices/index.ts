export { createDevicesService } from './devices.service';
export type { DevicesDeps } from './collaborators';
export type { DevicesService, LineFacts, LoadResult, Provider, ProviderInput } from './types';
