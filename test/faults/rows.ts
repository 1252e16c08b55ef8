import { burstRows } from './burst-rows.js';
import { damageRows } from './damage-rows.js';
import { diskRows } from './disk-rows.js';
import { killRows } from './kill-rows.js';
import { networkRows } from './network-rows.js';
import { poisonRows } from './poison-rows.js';
import { processRows } from './process-rows.js';
import type { Row } from './row.js';

/** Every fault, in the order in which it is shown. */
export const rows: readonly Row[] = [
  ...networkRows,
  ...processRows,
  ...killRows,
  ...diskRows,
  ...damageRows,
  ...burstRows,
  ...poisonRows,
];
