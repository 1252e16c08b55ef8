import { computed } from '@preact/signals';
import { ClearFailure } from './clear-button.tsx';
import { ConversationsView } from './conversation/conversations-view.tsx';
import { EventDetailPane } from './event-detail.tsx';
import { EventList } from './event-list.tsx';
import { Header } from './header.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { Overview } from './overview/overview.tsx';
import { ProblemsView } from './problems/problems-view.tsx';
import { opened } from './selection.ts';
import { Toolbar } from './toolbar.tsx';
import { view } from './views.ts';

const layout = computed(() => (opened.value === null ? 'main' : 'main is-split'));

export function App() {
  return (
    <>
      <Header />
      <ClearFailure />
      <View />
      <HelpDialog />
    </>
  );
}

function View() {
  switch (view.value) {
    case 'events':
      return <EventsView />;
    case 'conversations':
      return <ConversationsView />;
    case 'overview':
      return <Overview />;
    case 'problems':
      return <ProblemsView />;
  }
}

function EventsView() {
  return (
    <main class={layout.value}>
      <section class="feed" aria-label="Events">
        <Toolbar />
        <EventList />
      </section>
      <EventDetailPane />
    </main>
  );
}
