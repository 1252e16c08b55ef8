// Appends `count` records in small batches and leaves without closing; or, with `exit`, appends them at process.exit.
const [moduleUrl, dir, name, count, mode] = process.argv.slice(2);
const { Spool } = await import(moduleUrl);
const spool = new Spool({ dir, destination: 'key-and-host', segmentBytes: 50_000 });
if (!spool.tryResume()) throw spool.failure;
const payloads = Array.from({ length: Number(count) }, (_, i) => `${name} ${i}`);
if (mode === 'exit') {
  process.on('exit', () => spool.append(payloads));
} else {
  for (let i = 0; i < payloads.length; i += 7) spool.append(payloads.slice(i, i + 7));
}
process.exit(0);
