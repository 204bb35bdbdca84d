// Keeps the page as it is on the network: when the server says that something changed, the page is
// fetched again and the parts marked data-live are replaced. Nothing here is needed to read it.
const spoken = document.getElementById('spoken');
let source = null;
let running = false;
let again = false;

function replaceParts(fresh) {
  for (const part of document.querySelectorAll('[data-live]')) {
    const next = fresh.getElementById(part.id);
    for (const open of next ? part.querySelectorAll('details[open]') : [])
      next.querySelector(`#${CSS.escape(open.id)}`)?.setAttribute('open', '');
    if (!next || next.innerHTML === part.innerHTML || part.contains(document.activeElement?.closest('form'))) continue;
    const focused = part.contains(document.activeElement) ? document.activeElement.getAttribute('href') : null;
    part.innerHTML = next.innerHTML;
    if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus({ preventScroll: true });
  }
}

async function refresh() {
  if (running) { again = true; return; }
  running = true;
  try {
    const before = document.querySelector('h1')?.textContent;
    const answer = await fetch(location.href, { headers: { Accept: 'text/html' } });
    if (answer.redirected) { location.reload(); return; }
    if (answer.ok) replaceParts(new DOMParser().parseFromString(await answer.text(), 'text/html'));
    const after = document.querySelector('h1')?.textContent;
    if (after !== before) spoken.textContent = after;
  } catch {
    // the server is away: the event source notices and tries again
  } finally {
    running = false;
    if (again) { again = false; setTimeout(refresh, 1000); }
  }
}

function listen() {
  if (source || document.hidden || !document.querySelector('[data-live]')) return;
  source = new EventSource('/api/v1/events');
  source.addEventListener('change', refresh);
  source.addEventListener('error', () => {
    if (source?.readyState !== EventSource.CLOSED) return; // it tries again by itself
    source = null;
    setTimeout(listen, 10000);
  });
}

// graphs get a point a minute
setInterval(() => {
  if (document.hidden) return;
  for (const part of document.querySelectorAll('.graph source, .graph img')) {
    const name = part.localName === 'img' ? 'src' : 'srcset';
    part.setAttribute(name, `${part.getAttribute(name).replace(/&t=\d+/, '')}&t=${Date.now()}`);
  }
}, 60000);

// a hidden page listens to nothing: browsers open only a few connections to one server
document.addEventListener('visibilitychange', () => {
  if (document.hidden) { source?.close(); source = null; } else { listen(); refresh(); }
});
listen();
