export { addressOf, parseCentralUrl, type CentralConnection } from './connection';
export { startEmbedded, type EmbeddedCentral } from './embedded';
export { initCentral, type FirstAdministrator, type InitResult } from './init';
export { migrateCentral, type MigrateResult } from './migrate';
export { openCentralDb, type OpenCentralOptions } from './open';
export type { CentralDb, CentralTrx } from './types';
