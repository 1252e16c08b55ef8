import { type ConversationReport, converseWith, converseWithOwnDemo } from './conversation/run-conversation.js';

// Plays a whole conversation of two visitors and says whether every event of it came: `npm run demo:conversation`.
// With DEMO_URL it talks to a demo that runs already, else to one of its own.
const url = process.env['DEMO_URL'];
console.log(`\nTwo visitors talk to ${url ? `the copilot at ${url}` : 'a copilot of their own'} …\n`);

try {
  tell(await (url ? converseWith(url) : converseWithOwnDemo()));
} catch (error) {
  console.error(`The conversation broke off. ${explain(error)}\n`);
  process.exitCode = 1;
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

function tell({ table, events, missing }: ConversationReport): void {
  console.log(table);
  if (missing.length === 0) {
    console.log(`\n${events} events. All five events came with all their properties,`);
    console.log('the cron ticked, the webhook fired, and nothing is missing.\n');
    return;
  }
  console.error(`\n${events} events. Not as it must be:\n${missing.map((line) => `  - ${line}`).join('\n')}\n`);
  process.exitCode = 1;
}
