// The right half of the page: the inbox of this application, which shows the events of the chat as they come.
const column = document.getElementById('events');
const button = document.getElementById('show-events');

/** Only this machine is told where the inbox is; in production there is none. */
async function inboxPath() {
  const response = await fetch('/demo/inbox');
  return response.ok ? (await response.json()).path : null;
}

const path = await inboxPath().catch(() => null);
if (path !== null) {
  const frame = document.createElement('iframe');
  frame.title = 'Events of this application';
  frame.src = path;
  column.append(frame);
  column.hidden = false;
  button.hidden = false;
}

// On a narrow page there is room for one of the two.
button.addEventListener('click', () => {
  const shown = document.body.classList.toggle('events-shown');
  button.setAttribute('aria-pressed', String(shown));
});
