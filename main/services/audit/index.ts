export { createAuditService, type AuditServiceDeps } from './audit.service';
export type { AuditEvent, AuditFilter, AuditPage, AuditSearch, AuditService, ChainHead, VerifyResult } from './types';
