// Opens every page in Debian's Chromium as a phone and as a desktop, light and dark, and looks for what a
// reader would trip over: accessibility (axe), messages of the content policy, anything wider than the
// screen, pages that need script, pages that are too heavy.
//
// usage: node pages.js URL SCREENSHOT_FOLDER [INCIDENT]
// Prints TAP. Pages are those of tests/web/fixture.c; with an incident's id, those of the lab's farm.
import { chromium } from 'playwright-core';
import { readFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';

const [base, folder, farmIncident] = process.argv.slice(2);
const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const longName = 'a-camera-behind-the-old-cattle-shed-at-the-far-end-of-it-all';
const hostile = `</title><script>canary()</script>"'><img src=x onerror=canary()>`;
const incident = `/incident/${farmIncident ?? 'here-2-open'}`;
const farmPages = [
  ['first', '/'],
  ['node', '/node/lan-switch'],
  ['node-ping', '/node/bridge-house'],
  ['node-internet', '/node/internet'],
  ['node-long-name', `/node/${longName}`],
  ['node-no-data', '/node/new-printer'],
  ['incident', incident],
  ['incidents', '/incidents'],
  ['link', '/link/barn%20bridge'],
  ['report', '/report'],
  ['seen', '/seen'],
  ['health', '/health'],
];
const fixturePages = [
  ['first', '/'],
  ['node', '/node/lan-switch'],
  ['node-week', '/node/bridge-house?span=week'],
  ['node-long-name', `/node/${longName}`],
  ['node-no-data', '/node/new-printer'],
  ['node-service', '/node/nas'],
  ['node-hostile', `/node/${encodeURIComponent(hostile)}`],
  ['incident', incident],
  ['incident-over', '/incident/here-1-over'],
  ['incidents', '/incidents'],
  ['network', '/network/guest'],
  ['link', '/link/barn%20bridge'],
  ['report', '/report?span=week'],
  ['seen', '/seen'],
  ['health', '/health'],
  ['login', '/login'],
  ['not-found', '/nowhere'],
];
const pages = farmIncident ? farmPages : fixturePages;
const screens = [
  ['phone', { width: 390, height: 844 }],
  ['desktop', { width: 1440, height: 900 }],
];

let count = 0;
let failed = 0;
function told(ok, name, detail = '') {
  count++;
  if (!ok) failed++;
  console.log(`${ok ? 'ok' : 'not ok'} ${count} - ${name}`);
  if (!ok && detail) console.log(`# ${detail}`.replace(/\n/g, '\n# '));
}

// Pictures of graphs below the fold are loaded late: bring them in before looking.
async function loadPictures(page) {
  await page.evaluate(async () => {
    for (const image of document.images) image.loading = 'eager';
    await Promise.all([...document.images].map((i) => i.complete || new Promise((done) => { i.onload = i.onerror = done; })));
  });
}

async function look(browser, screen, viewport, scheme) {
  const context = await browser.newContext({ viewport, colorScheme: scheme, bypassCSP: true });
  for (const [name, path] of pages) {
    const page = await context.newPage();
    await page.goto(base + path, { waitUntil: 'load' });
    await loadPictures(page);
    await page.screenshot({ path: `${folder}/${name}-${screen}-${scheme}.png`, fullPage: true });
    await page.evaluate(() => { for (const part of document.querySelectorAll('details')) part.open = true; });
    await page.addScriptTag({ content: axeSource });
    const result = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
    told(result.violations.length === 0, `${name}, ${screen}, ${scheme}: axe finds nothing`,
      result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).slice(0, 3).join(' | ')}`).join('\n'));
    const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    told(wide <= 0, `${name}, ${screen}, ${scheme}: nothing is wider than the screen`, `${wide} px`);
    const small = await page.evaluate(() => [...document.querySelectorAll('a.row, button, nav a, .tabs a, .card a, summary')]
      .filter((e) => e.getBoundingClientRect().height > 0 && e.getBoundingClientRect().height < 43.5).map((e) => e.textContent));
    told(small.length === 0, `${name}, ${screen}, ${scheme}: what one touches is large enough`, small.join(' | '));
    const broken = await page.evaluate(() => [...document.images].filter((i) => i.naturalWidth === 0).map((i) => i.src));
    told(broken.length === 0, `${name}, ${screen}, ${scheme}: each picture is there`, broken.join('\n'));
    await page.close();
  }
  await context.close();
}

// With the policy in force: no message of it, no canary, no console error, a change arrives by itself.
async function policy(browser) {
  const context = await browser.newContext({ viewport: screens[0][1] });
  for (const [name, path] of pages) {
    const page = await context.newPage();
    const messages = [];
    page.on('console', (m) => { if (m.type() === 'error' && !/404/.test(m.text())) messages.push(m.text()); });
    page.on('pageerror', (e) => messages.push(String(e)));
    const outside = [];
    page.on('request', (r) => { if (!r.url().startsWith(base)) outside.push(r.url()); });
    await page.goto(base + path, { waitUntil: 'load' });
    told(messages.length === 0, `${name}: the content policy has nothing to say`, messages.join('\n'));
    told(outside.length === 0, `${name}: nothing is fetched from elsewhere`, outside.join('\n'));
    await page.close();
  }
  await context.close();
}

async function withoutScript(browser) {
  const context = await browser.newContext({ viewport: screens[0][1], javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(`${base}/`);
  const text = await page.textContent('main');
  told(/Is the Internet up\?/.test(text) && /cut off/.test(text) && /Check first/.test(text),
    'without script the first page answers');
  await page.click('a.card, .card a');
  told(/Why we say so/.test(await page.textContent('main')), 'without script an incident can be opened');
  await context.close();
}

async function budgets(browser) {
  const context = await browser.newContext({ viewport: screens[0][1] });
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  const sizes = new Map();
  const kinds = new Map();
  session.on('Network.responseReceived', (e) => kinds.set(e.requestId, e.type));
  session.on('Network.loadingFinished', (e) => sizes.set(e.requestId, e.encodedDataLength));
  await page.goto(`${base}/`, { waitUntil: 'load' });
  await page.waitForLoadState('domcontentloaded');
  const of = (...types) => [...sizes].filter(([id]) => types.includes(kinds.get(id))).reduce((sum, [, n]) => sum + n, 0);
  const readable = of('Document', 'Stylesheet');
  const all = [...sizes.values()].reduce((sum, n) => sum + n, 0);
  told(readable <= 14 * 1024, `the first page is readable after 14 KB (${readable} bytes)`);
  told(all <= 30 * 1024, `the first page is whole after 30 KB (${all} bytes, ${sizes.size} requests)`);
  await context.close();
}

// A sentence of the page changes without anybody loading it anew.
async function live(browser) {
  const context = await browser.newContext({ viewport: screens[0][1] });
  const page = await context.newPage();
  const other = await context.newPage();
  await page.goto(base + incident);
  await page.waitForTimeout(1500);
  await other.goto(base + incident);
  await other.click('button.main');
  told(await other.textContent('main').then((t) => /Acknowledged by|Noted/.test(t)), 'the button acknowledges');
  await page.bringToFront();
  const changed = await page.waitForFunction(() => /Acknowledged by/.test(document.querySelector('main').textContent), null, { timeout: 8000 })
    .then(() => true, () => false);
  told(changed, 'another open page shows it by itself');
  await context.close();
}

// What a reader opened stays open when the part around it is replaced.
async function opened(browser) {
  const context = await browser.newContext({ viewport: screens[0][1] });
  const page = await context.newPage();
  await page.goto(`${base}/node/lan-switch`);
  await page.click('details >> nth=1 >> summary');
  await page.evaluate(() => { document.querySelector('#rest h2').textContent = 'before the change'; });
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.waitForFunction(() => document.querySelector('#rest h2').textContent !== 'before the change', null, { timeout: 8000 });
  const open = await page.evaluate(() => [...document.querySelectorAll('details')].map((d) => d.open));
  told(open[1] && !open[0], 'what was opened stays open when the page changes', open.join());
  await context.close();
}

async function keyboard(browser) {
  const context = await browser.newContext({ viewport: screens[1][1] });
  const page = await context.newPage();
  await page.goto(`${base}/`);
  await page.keyboard.press('Tab');
  const first = await page.evaluate(() => document.activeElement.textContent);
  told(/Skip/.test(first), 'the first stop of the keyboard skips to the content');
  await page.keyboard.press('Tab');
  const ring = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle);
  told(ring === 'solid', 'where the keyboard stands can be seen', ring);
  await context.close();
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync'],
});
try {
  for (const [screen, viewport] of screens)
    for (const scheme of ['light', 'dark']) await look(browser, screen, viewport, scheme);
  await policy(browser);
  await withoutScript(browser);
  await budgets(browser);
  await keyboard(browser);
  await live(browser);
  if (!farmIncident) await opened(browser);
} finally {
  await browser.close();
}
console.log(`1..${count}`);
process.exitCode = failed ? 1 : 0;
