export type { ProxySettings } from './agents';
export { createThingSpaceService, type ThingSpaceDeps } from './thingspace.service';
export type { CallFault, CallRecord, CarrierCall, CarrierLine, LoginGuard, ThingSpaceService } from './types';
export type { Timeouts } from './wire';
