// Shows what a push message says, and opens its prompt on a tap. It keeps nothing: the page is always the server's.
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
  const [page] = await self.clients.matchAll({ type: 'window' });
  if (!page) return void (await self.clients.openWindow(address.href));
  await page.focus();
  await page.navigate(address.href);
}
