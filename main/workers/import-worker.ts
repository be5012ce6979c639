import { runImportThread } from '../app/import-thread';

await runImportThread();
