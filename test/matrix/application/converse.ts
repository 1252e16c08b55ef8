import type { INestApplication } from '@nestjs/common';
import { AnalyticsService, type AnalyticsStats } from 'nestjs-agent-analytics';
import { AnalyticsInbox } from 'nestjs-agent-analytics/inbox';

/** Asks the application over HTTP, opens its inbox, asks for its health, closes it, and prints what came of it as a line of JSON. */
export async function converse(app: INestApplication): Promise<void> {
  await app.listen(0, '127.0.0.1');
  const answer = await fetch(`${await app.getUrl()}/chat/s1/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"message":"hello"}',
  });
  const body: unknown = await answer.json();
  const inbox = await fetch(app.get(AnalyticsInbox).url ?? 'about:blank');
  const page = `${inbox.status} ${(await inbox.text()).includes('<script')}`;
  const { status } = (await (await fetch(`${await app.getUrl()}/health`)).json()) as { status: string };
  const analytics = app.get(AnalyticsService);
  await app.close();
  const { accepted, delivered, pending }: AnalyticsStats = analytics.stats();
  const books = { accepted, delivered, pending: pending.total };
  console.log(JSON.stringify({ status: answer.status, body, page, health: status, books }));
}
