import { computed } from '@preact/signals';
import { EventDetailPane } from './event-detail.tsx';
import { EventList } from './event-list.tsx';
import { Header } from './header.tsx';
import { HelpDialog } from './help-dialog.tsx';
import { opened } from './selection.ts';
import { Toolbar } from './toolbar.tsx';

const layout = computed(() => (opened.value === null ? 'main' : 'main is-split'));

export function App() {
  return (
    <>
      <Header />
      <main class={layout.value}>
        <section class="feed" aria-label="Events">
          <Toolbar />
          <EventList />
        </section>
        <EventDetailPane />
      </main>
      <HelpDialog />
    </>
  );
}
