// A worker thread with a spool of its own: appends, says its instance, and waits to be terminated.
import { parentPort, workerData } from 'node:worker_threads';

const { Spool } = await import(workerData.moduleUrl);
const spool = new Spool({ dir: workerData.dir, destination: 'key-and-host' });
if (!spool.tryResume()) throw spool.failure;
const { instance } = spool.append([`from thread ${workerData.name}`]);
parentPort.postMessage(instance);
setInterval(() => {}, 1000);
