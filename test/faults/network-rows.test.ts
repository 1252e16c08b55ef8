import { damageRows } from './damage-rows.js';
import { networkRows } from './network-rows.js';
import { poisonRows } from './poison-rows.js';
import { testRows } from './short-form.js';

testRows([...networkRows, ...damageRows, ...poisonRows]);
