export { PrepareScreen } from './prepare-screen';
