import { runDraftThread } from '../app/draft-thread';

await runDraftThread();
