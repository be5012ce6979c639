export type { ProxySettings } from './agents';
export { carrierRequests } from './thingspace.rules';
export { createThingSpaceService, type ThingSpaceDeps } from './thingspace.service';
export type {
  CallFault,
  CallRecord,
  CarrierCall,
  CarrierLine,
  LoginGuard,
  SwapRequest,
  ThingSpaceService,
} from './types';
export type { Timeouts } from './wire';
