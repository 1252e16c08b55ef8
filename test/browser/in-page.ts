// Functions that run in the page: nothing outside them exists there.

/** Runs in the page: a promise of when the first row was painted, in milliseconds after the navigation began. */
export function noteFirstRow(): void {
  (globalThis as unknown as { firstRowAt: Promise<number> }).firstRowAt = new Promise((resolve) => {
    const look = (): void => {
      if (document.querySelector('.row') === null) requestAnimationFrame(look);
      else requestAnimationFrame(() => resolve(performance.now()));
    };
    look();
  });
}

/** Runs in the page: how long a filter takes until its rows are painted, in milliseconds. */
export async function measureFilter(filter: { value?: string; text?: string }): Promise<number> {
  const count = document.getElementById('count');
  const before = count?.dataset.shown;
  const started = performance.now();
  if (filter.text !== undefined) {
    const search = document.querySelector<HTMLInputElement>('#search');
    if (search === null) throw new Error('no search');
    search.value = filter.text;
    search.dispatchEvent(new InputEvent('input', { bubbles: true }));
  } else {
    const menu = document.querySelector<HTMLSelectElement>('[data-field=outcome]');
    if (menu === null) throw new Error('no menu');
    menu.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
    await new Promise((resolve) => setTimeout(resolve));
    menu.value = filter.value ?? '';
    menu.dispatchEvent(new Event('change', { bubbles: true }));
  }
  while (count?.dataset.shown === before) await new Promise((resolve) => requestAnimationFrame(resolve));
  await new Promise((resolve) => requestAnimationFrame(resolve));
  return performance.now() - started;
}

/** Runs in the page: scrolls through the list; how long each frame took, in milliseconds. */
export async function measureScroll(): Promise<number[]> {
  const list = document.getElementById('events');
  if (list === null) throw new Error('no list');
  const frames: number[] = [];
  let last = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
  for (let frame = 0; frame < 120; frame++) {
    list.scrollTop += frame < 60 ? 340 : 2_000;
    const now = await new Promise<number>((resolve) => requestAnimationFrame(resolve));
    frames.push(now - last);
    last = now;
  }
  return frames;
}

/** Runs in another origin's page: what it can get of the inbox. */
export async function attack(base: string): Promise<Record<string, string>> {
  const refused = 'refused';
  const ask = (path: string, init: RequestInit): Promise<string> =>
    fetch(base + path, { credentials: 'include', ...init }).then(
      (response) => response.text(),
      () => refused,
    );
  const streamed = new Promise<string>((resolve) => {
    const stream = new EventSource(`${base}/api/stream`, { withCredentials: true });
    stream.onmessage = ({ data }: MessageEvent<string>) => resolve(data);
    stream.onerror = () => {
      stream.close();
      resolve(refused);
    };
  });
  const scripted = new Promise<string>((resolve) => {
    const script = document.createElement('script');
    script.src = `${base}/app.js`;
    script.onload = () => resolve('loaded');
    script.onerror = () => resolve(refused);
    document.head.append(script);
  });
  const framed = new Promise<string>((resolve) => {
    const frame = document.createElement('iframe');
    frame.src = `${base}/`;
    frame.onload = () => {
      try {
        resolve(frame.contentDocument?.body.innerText || refused);
      } catch {
        resolve(refused);
      }
    };
    document.body.append(frame);
  });
  return {
    fetched: await ask('/api/events', {}),
    posted: await ask('/api/clear', { method: 'POST' }),
    streamed: await streamed,
    framed: await framed,
    scripted: await scripted,
  };
}
