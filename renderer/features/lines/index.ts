export { LinesScreen } from './lines-screen';
