// Makes the pictures in docs/images from the running demo and a stand-alone inbox: `npm run screenshots`.
// With names behind it, those that begin so only: `node docs/screenshots.mjs problems`.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import sparticuz from '@sparticuz/chromium';
import { chromium } from 'playwright-core';
import { PostHog } from 'posthog-node';

const wanted = process.argv.slice(2);
const isWanted = (name) => wanted.length === 0 || wanted.some((start) => name.startsWith(start));
const wide = { width: 1280, height: 800 };
const narrow = { width: 390, height: 800 };
const running = [];

// With one process for all, closing a page would end the browser.
const args = sparticuz.args.filter((arg) => arg !== '--single-process');
const browser = await chromium.launch({ executablePath: await sparticuz.executablePath(), args });

/** Starts a program, and gives what it says once that ends with `end`. */
async function start(file, given, env, end) {
  const keys = { POSTHOG_API_KEY: '', OPENROUTER_API_KEY: '', OPENAI_API_KEY: '' };
  const child = spawn(process.execPath, [file, ...given], {
    env: { ...process.env, PORT: '0', ...keys, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  running.push(() => child.kill('SIGTERM'));
  let said = '';
  while (!said.includes(end)) said += String((await once(child.stdout, 'data'))[0]);
  child.stdout.resume();
  return said;
}

async function startDemo(env = {}) {
  const said = await start('examples/copilot/dist/main.js', [], env, 'Answers come from');
  return { url: /Copilot demo: (\S+)/.exec(said)[1], inbox: /alone: (\S+)/.exec(said)[1] };
}

/** What answers as PostHog does to a key that it does not know. */
async function startRefusal() {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(401, { 'content-type': 'application/json' }).end('{"type":"authentication_error"}');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  running.push(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}

async function startStandalone() {
  const said = await start('dist/esm/cli/index.js', ['inbox', '--port', '0'], {}, 'Nothing is forwarded');
  const host = /SDK: (\S+)/.exec(said)[1];
  const posthog = new PostHog('phc_demo', { host });
  posthog.identify({ distinctId: 'ada', properties: { name: 'Ada' } });
  posthog.capture({ distinctId: 'ada', event: 'plan_upgraded', properties: { plan: 'pro', seats: 5 } });
  posthog.capture({ distinctId: 'ada', event: 'seat_added', groups: { company: 'engines' } });
  await posthog.shutdown();
  const batch = ['report_exported', 'invoice_paid'].map((event, place) => ({
    event,
    distinct_id: 'grace',
    properties: { $lib: 'posthog-python', amount: 12 + place },
  }));
  const page = {
    event: '$pageview',
    distinct_id: 'visitor-7',
    properties: { $lib: 'web', $session_id: '01984b1e-7c1e-7a3b-8f7e-3d6a5b0c9e21' },
  };
  const body = JSON.stringify({ api_key: 'phc_demo', batch: [...batch, page] });
  await fetch(`${host}/batch/`, { method: 'POST', body });
  return /Inbox: (\S+)/.exec(said)[1];
}

async function shoot(name, address, viewport, colorScheme, prepare = live) {
  if (!isWanted(name)) return;
  const page = await browser.newPage({ viewport, colorScheme, reducedMotion: 'reduce' });
  await page.goto(address);
  await prepare(page);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: `docs/images/${name}.png` });
  await page.close();
  console.log(`docs/images/${name}.png`);
}

/** A view, or an event, light, dark and narrow. */
async function shootAll(name, address, prepare) {
  await shoot(`${name}-light`, address, wide, 'light', prepare);
  await shoot(`${name}-dark`, address, wide, 'dark', prepare);
  await shoot(`${name}-narrow`, address, narrow, 'light', prepare);
}

const live = (page) => page.locator('[data-connection=live]').waitFor();

async function chat(page) {
  await page.frameLocator('iframe').locator('[data-connection=live]').waitFor();
  await page.locator('input[value=demo-ada]').check({ force: true });
  for (const message of ['Run the newsletter writer', 'What do the docs say about unicorns?']) {
    await page.locator('#message').fill(message);
    await page.keyboard.press('Enter');
    await page.locator('#stop').waitFor({ state: 'visible' });
    await page.locator('#send').waitFor({ state: 'visible' });
  }
  await page.frameLocator('iframe').locator('.row', { hasText: 'copilot_agent_run_success' }).first().waitFor();
}

function openEvent(event) {
  return async (page) => {
    await live(page);
    await page.locator('.row', { hasText: event }).first().click();
    await page.locator('.verdict').first().waitFor();
  };
}

async function openConversation(page) {
  await live(page);
  await page.locator('.views [data-view=conversations]').click();
  await page.locator('.session').first().click();
  await page.locator('.node-row').first().waitFor();
}

function openView(view) {
  return async (page) => {
    await live(page);
    await page.locator(`.views [data-view=${view}]`).click();
    // Charts grow for a while.
    await page.waitForTimeout(800);
  };
}

try {
  const { url, inbox } = await startDemo();
  // Every other picture shows what this chat has told.
  const page = await browser.newPage({ viewport: wide });
  await page.goto(url);
  await chat(page);
  await page.close();
  await shoot('demo-light', url, wide, 'light', chat);
  await shoot('demo-dark', url, wide, 'dark', chat);
  await shoot('inbox-light', inbox, wide, 'light', openEvent('copilot_agent_run_success'));
  await shoot('inbox-dark', inbox, wide, 'dark', openEvent('copilot_agent_run_success'));
  await shoot('inbox-narrow', inbox, narrow, 'light');
  await shoot('event-narrow', inbox, narrow, 'light', openEvent('copilot_agent_run_success'));
  await shootAll('conversation', inbox, openConversation);
  await shootAll('overview', inbox, openView('overview'));
  if (isWanted('problems')) {
    const refused = await startDemo({ POSTHOG_API_KEY: 'phc_demo', POSTHOG_HOST: await startRefusal() });
    const talk = await browser.newPage({ viewport: wide });
    await talk.goto(refused.url);
    await chat(talk);
    await talk.close();
    await shootAll('problems', refused.inbox, openView('problems'));
  }
  if (isWanted('standalone')) await shootAll('standalone', await startStandalone(), openEvent('seat_added'));
} finally {
  await browser.close();
  for (const end of running) end();
}
