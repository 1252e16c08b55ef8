// What the page asks of the server.

/** Streams an answer: calls `onPart` for each part, and `onTrace` with its trace id as soon as it is known. */
export async function sendMessage({ sessionId, token, message, signal, onPart, onTrace }) {
  const response = await post(`chat/${sessionId}/messages`, { token, body: { message }, signal });
  onTrace(response.headers.get('x-analytics-trace-id'));
  for await (const { event, data } of serverSentEvents(response.body)) {
    if (event === 'error') throw new Error(data);
    onPart(JSON.parse(data));
  }
}

export async function sendFeedback({ sessionId, token, traceId, rating }) {
  await post(`chat/${sessionId}/feedback`, { token, body: { traceId, rating } });
}

export async function signIn({ sessionId, token }) {
  await post('sign-in', { body: { token, sessionId } });
}

export async function callWebhook(path) {
  const response = await post(path.replace(/^\//, ''), { body: {} });
  return response.json();
}

async function post(path, { token, body, signal }) {
  const response = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
    signal,
  });
  if (response.ok) return response;
  const { message } = await response.json().catch(() => ({}));
  throw new Error([message ?? response.statusText].flat().join(' '));
}

async function* serverSentEvents(body) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop();
    for (const block of blocks) {
      const lines = block.split('\n');
      const field = (name) =>
        lines.filter((line) => line.startsWith(`${name}: `)).map((line) => line.slice(name.length + 2));
      const data = field('data');
      if (data.length > 0) yield { event: field('event')[0] ?? 'message', data: data.join('\n') };
    }
  }
}
