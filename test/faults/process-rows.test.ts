import { processRows } from './process-rows.js';
import { testRows } from './short-form.js';

// Its processes are compiled where a test names fixture-process.
testRows(processRows, { concurrent: true });
