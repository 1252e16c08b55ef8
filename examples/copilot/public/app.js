// Wires the page: who chats, what is sent, what is shown.
import { answerView } from './answer-view.js';
import { sendFeedback, sendMessage, signIn } from './chat-api.js';

const suggestions = [
  'Find agents for support tickets',
  'Run the newsletter writer',
  'Run the invoice reader',
  'Schedule the competitor watch every 5 seconds',
  'Set up a webhook for support triage',
  'How do credits work?',
  'What do the docs say about unicorns?',
];

const page = Object.fromEntries(
  ['scroll', 'welcome', 'turns', 'chips', 'composer', 'message', 'send', 'stop', 'status', 'fresh'].map((id) => [
    id,
    document.getElementById(id),
  ]),
);
const people = [...document.querySelectorAll('input[name=person]')];

let sessionId = newId();
let token = sessionStorage.getItem('person') ?? '';
let running;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `chat-${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

async function ask(message) {
  const session = { sessionId, token };
  let traceId;
  const answer = answerView({ onRate: (rating) => sendFeedback({ ...session, traceId, rating }) });
  addTurn('mine', message);
  page.turns.append(answer.element);
  scrollDown(true);

  const run = new AbortController();
  setRunning(run);
  let how = 'finished';
  try {
    await sendMessage({
      ...session,
      message,
      signal: run.signal,
      onTrace: (id) => (traceId = id),
      onPart: (part) => {
        const follow = isAtEnd();
        answer.show(part);
        scrollDown(follow);
      },
    });
  } catch (error) {
    how = run.signal.aborted ? 'stopped' : error.message;
  }
  const follow = isAtEnd();
  answer.end(how, Boolean(traceId));
  scrollDown(follow);
  // A newer conversation may have begun meanwhile; then it is not ours to say anything.
  if (running !== run) return;
  setRunning(undefined);
  page.status.textContent = how === 'finished' ? answer.spoken() : how;
}

function addTurn(kind, text) {
  const element = document.createElement('li');
  element.className = kind;
  element.textContent = text;
  page.turns.append(element);
  page.welcome.hidden = true;
}

function setRunning(run) {
  running = run;
  page.send.hidden = run !== undefined;
  page.stop.hidden = run === undefined;
  for (const chip of page.chips.querySelectorAll('button'))
    chip.setAttribute('aria-disabled', String(run !== undefined));
  if (run !== undefined) page.status.textContent = 'The copilot is answering.';
}

function isAtEnd() {
  return page.scroll.scrollHeight - page.scroll.scrollTop - page.scroll.clientHeight < 60;
}

function scrollDown(follow) {
  if (follow) page.scroll.scrollTop = page.scroll.scrollHeight;
}

function startOver() {
  running?.abort();
  setRunning(undefined);
  sessionId = newId();
  page.turns.replaceChildren();
  page.welcome.hidden = false;
  page.message.focus();
}

/** Who signs in keeps the conversation; who changes to someone else, or signs out, begins a new one. */
async function changePerson(next) {
  const before = token;
  token = next;
  sessionStorage.setItem('person', next);
  if (before !== '') startOver();
  if (next === '') return;
  await signIn({ sessionId, token: next });
  if (before === '' && page.welcome.hidden) addTurn('note', 'You are signed in; this conversation is yours now.');
  scrollDown(true);
}

function submit() {
  const message = page.message.value.trim();
  if (message === '' || running !== undefined) return;
  page.message.value = '';
  page.message.focus();
  ask(message);
}

page.composer.addEventListener('submit', (event) => {
  event.preventDefault();
  submit();
});
page.message.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  submit();
});
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') running?.abort();
});
page.stop.addEventListener('click', () => {
  running?.abort();
  page.message.focus();
});
page.fresh.addEventListener('click', startOver);
for (const person of people) {
  person.checked = person.value === token;
  person.addEventListener('change', () => changePerson(person.value).catch((error) => addTurn('note', error.message)));
}
for (const text of suggestions) {
  const chip = document.createElement('button');
  chip.type = 'button';
  chip.textContent = text;
  chip.addEventListener('click', () => running === undefined && ask(text));
  const item = document.createElement('li');
  item.append(chip);
  page.chips.append(item);
}
