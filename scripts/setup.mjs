// Makes the checkout ready: dependencies installed, packages built.
import { setup } from './lib/setup.mjs';

await setup();
