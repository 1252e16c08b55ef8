type Output = Readonly<Record<string, unknown>>;

/** What the scripted model says at the end, by what the last tool has answered. */
export const closingWords = {
  introduction:
    'I am the copilot of this demo. I can **find** an agent in your library, **run** it, **schedule** it, give it a ' +
    '**webhook**, and look things up in the **documentation**. While no model is connected I follow a script, so ' +
    'short, plain requests work best. Try “Run the newsletter writer”, “Schedule the competitor watch every 5 ' +
    'seconds”, “Set up a webhook for support triage”, or “How do credits work?”. Each of them calls real tools, and ' +
    'each step shows in the terminal as an event.',

  find_agent(output: Output): string {
    const agents = (output['agents'] ?? []) as { name: string; description: string }[];
    if (agents.length === 0) return 'I found no agent for that. Try “Find agents for support tickets”.';
    return `I found:\n\n${agents.map(({ name, description }) => `- **${name}**: ${description}`).join('\n')}`;
  },

  run_agent: (output: Output): string =>
    failed(output) ??
    `**${text(output, 'graphName')}** is queued as run \`${text(output, 'executionId').slice(0, 8)}\`. It works in the ` +
      'background; you can go on meanwhile.',

  schedule_agent: (output: Output): string =>
    failed(output) ??
    `Done: **${text(output, 'graphName')}** now runs by \`${text(output, 'cron')}\`, next at ` +
      `${text(output, 'nextRunAt').slice(0, 19).replace('T', ' ')}.`,

  setup_trigger: (output: Output): string =>
    failed(output) ??
    `**${text(output, 'graphName')}** now has a webhook. Each POST to \`${text(output, 'webhookPath')}\` starts a run.`,

  search_docs(output: Output): string {
    const passages = (output['passages'] ?? []) as { title: string; text: string }[];
    return failed(output) ?? passages.map(({ title, text }) => `**${title}**\n\n${text}`).join('\n\n');
  },
};

function failed(output: Output): string | undefined {
  return 'error' in output ? `That did not work: ${text(output, 'error').replace(/^Error: /, '')}` : undefined;
}

function text(output: Output, key: string): string {
  const value = output[key];
  return typeof value === 'string' ? value : '';
}
