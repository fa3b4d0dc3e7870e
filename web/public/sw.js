// Shows what a push message says, and opens its prompt on a tap. It keeps nothing: the page is always the server's.
const ANSWER_MILLISECONDS = 2000;

self.addEventListener('install', () => self.skipWaiting());
self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()));

self.addEventListener('push', (event) => event.waitUntil(show(event.data)));

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data));
});

function show(data) {
  let said = { title: 'Musings', body: '', tag: 'musings', url: '/' };
  try {
    said = { ...said, ...data.json() };
  } catch {
    // A browser takes the right to push from who shows nothing.
  }
  return self.registration.showNotification(said.title, { body: said.body, tag: said.tag, icon: '/icon-192.png', data: said.url });
}

async function open(url) {
  const address = new URL(url || '/', self.location.origin);
  if (address.origin !== self.location.origin) return;
  const windows = await self.clients.matchAll({ type: 'window', includeUncontrolled: true });
  const page = await Promise.any(windows.map(answers)).catch(() => null);
  if (!page) return void (await self.clients.openWindow(address.href));
  // It turns by itself: loaded anew it would fall silent.
  page.postMessage({ open: address.pathname + address.search });
  await page.focus();
}

/** A window that is a page of ours and awake. One with a file in it does not answer. */
function answers(window) {
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve, reject) => {
    port1.onmessage = () => resolve(window);
    setTimeout(reject, ANSWER_MILLISECONDS);
    window.postMessage({ awake: true }, [port2]);
  });
}
