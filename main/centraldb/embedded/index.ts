export { startEmbedded, type EmbeddedCentral } from './embedded';
