// One tool call, as a line that opens.
import { callWebhook } from './chat-api.js';

const names = {
  find_agent: 'Find agent',
  run_agent: 'Run agent',
  schedule_agent: 'Schedule agent',
  setup_trigger: 'Set up webhook',
  search_docs: 'Search docs',
};

/** The element of a call that has begun, and `end`, to be called with its result. */
export function toolView({ name, input }) {
  const element = document.createElement('details');
  element.className = 'tool running';
  element.innerHTML =
    '<summary><span class="mark" aria-hidden="true">●</span><span class="name"></span>' +
    '<span class="gist"></span><span class="more" aria-hidden="true">›</span></summary><pre tabindex="0"></pre>';
  const part = (selector) => element.querySelector(selector);
  part('.name').textContent = names[name] ?? name;
  part('.gist').textContent = 'working…';
  part('pre').textContent = JSON.stringify(input, null, 2);

  const end = ({ ok, output }) => {
    element.className = `tool ${ok ? 'done' : 'failed'}`;
    part('.mark').textContent = ok ? '✓' : '!';
    part('.gist').textContent = gist(output);
    part('pre').textContent = `${JSON.stringify(input, null, 2)}\n\n${JSON.stringify(output, null, 2)}`;
    if (ok && output.webhookPath) element.append(webhookButton(output.webhookPath));
  };
  /** The answer ended before the tool did. */
  const leave = () => {
    if (!element.classList.contains('running')) return;
    element.className = 'tool';
    part('.gist').textContent = 'stopped';
  };
  return { element, end, leave };
}

function gist(output) {
  if (output.error) return output.error;
  if (output.agents) return output.agents.map(({ name }) => name).join(', ') || 'nothing found';
  if (output.passages) return output.passages.map(({ title }) => title).join(', ');
  if (output.cron) return `${output.graphName}, ${output.cron}`;
  if (output.webhookPath) return `${output.graphName}, ${output.webhookPath}`;
  return `${output.graphName}, ${output.status}`;
}

function webhookButton(path) {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'quiet call';
  button.textContent = 'Call the webhook now';
  button.addEventListener('click', async () => {
    const { executionId } = await callWebhook(path).catch(() => ({}));
    button.textContent = executionId
      ? `Called: run ${executionId.slice(0, 8)} is queued. Again?`
      : 'It did not answer. Again?';
  });
  return button;
}
