import { burstRows } from './burst-rows.js';
import { diskRows } from './disk-rows.js';
import { killRows } from './kill-rows.js';
import { testRows } from './short-form.js';

// Its processes are compiled where a test names fixture-process.
testRows([...killRows, ...burstRows, ...diskRows]);
