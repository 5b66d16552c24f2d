// The service worker: it shows push messages and opens what they are about. It answers no request and keeps nothing.
"use strict";

const ICON = "/favicon.ico";

/** The address that a message leads to; the inbox for one of another origin. */
function addressOf(path) {
  const address = new URL(path, self.location.origin);
  return address.origin === self.location.origin ? address.href : new URL("/inbox", self.location.origin).href;
}

function read(data) {
  try {
    const { title, body, url, tag } = data.json();
    return { title: String(title), body: String(body), url: addressOf(String(url)), tag: String(tag) };
  } catch {
    return { title: "TaskForge", body: "Something is new in your inbox.", url: addressOf("/inbox"), tag: "inbox" };
  }
}

async function show({ title, body, url, tag }) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  if (pages.some((page) => page.focused)) return; // that page says it
  await self.registration.showNotification(title, { body, tag, icon: ICON, data: { url } });
}

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const page = pages.find((one) => one.url.split("#")[0] === url.split("#")[0]);
  if (page) return page.focus();
  return self.clients.openWindow(url);
}

self.addEventListener("push", (event) => event.waitUntil(show(read(event.data))));

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data.url));
});
