import type { Conversation } from '../../../src/inbox/conversation/conversation-api.ts';
import { CopyButton } from '../copy-button.tsx';
import { clearFilters, setFilter } from '../filters.ts';
import { durationText, wholeTimeText } from '../format.ts';
import { fetchSessionTest } from '../server.ts';
import { view } from '../views.ts';
import { VisibleText } from '../visible-text.tsx';
import { AllConversations } from './conversations-view.tsx';
import { costText, tokensText } from './node-facts.ts';

/** What holds for the whole conversation, and what can be done with it. */
export function ConversationHead({ conversation }: { conversation: Conversation }) {
  const { session } = conversation;
  const showEvents = (): void => {
    clearFilters();
    setFilter('session', session);
    view.value = 'events';
  };
  return (
    <header class="conversation-head">
      <div class="conversation-title">
        <h2>
          <VisibleText text={session} />
        </h2>
        <AllConversations />
        <button type="button" class="button" onClick={showEvents}>
          Its events
        </button>
        <CopyButton label="Copy as test" name="Copy as test" text={() => fetchSessionTest(session)} />
      </div>
      <dl class="conversation-facts">
        {factsOf(conversation).map(([name, value]) => (
          <div key={name} class="fact" data-fact={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </header>
  );
}

function factsOf({ at, durationMs, totals }: Conversation): [name: string, value: string][] {
  const { messages, tools, modelCalls, runs, failed, costUsd } = totals;
  const facts: [string, string][] = [
    ['When', wholeTimeText(at)],
    ['Lasted', durationText(durationMs)],
    ['Messages', messages.toLocaleString()],
    ['Tool calls', tools.toLocaleString()],
  ];
  if (modelCalls > 0) facts.push(['Model calls', modelCalls.toLocaleString()]);
  if (runs > 0) facts.push(['Runs', runs.toLocaleString()]);
  if (failed > 0) facts.push(['Failed', failed.toLocaleString()]);
  const tokens = tokensText(totals);
  if (tokens !== '') facts.push(['Tokens', tokens.replace(' tokens', '')]);
  if (costUsd !== null) facts.push(['Cost', costText(costUsd)]);
  return facts;
}
