// The switch of push messages in this browser. The permission is asked for by a click on it, and by nothing else.

import { behaviour } from "../lib/behaviours.js";
import { jsonHeaders } from "../lib/http.js";

const states = {
  on: ["Notifications are shown on this device.", "Switch off"],
  off: ["Notifications are not shown on this device.", "Switch on"],
  blocked: ["Your browser blocks notifications of this site. Allow them in its settings first.", ""],
  failed: ["That did not work: the push service of your browser can’t be reached. Please try again.", "Switch on"],
};
const isAble = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
// The content policy wants to know which scripts a page may run: this one, and no other.
const policy = window.trustedTypes?.createPolicy("service-worker", {
  createScriptURL(address) {
    if (address !== document.querySelector("[data-worker]").dataset.worker) throw new TypeError(address);
    return address;
  },
});

function toBytes(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

async function send(method, address, body) {
  const headers = { ...jsonHeaders(), "Content-Type": "application/json" };
  const answer = await fetch(address, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
}

async function findSubscription() {
  const registration = await navigator.serviceWorker.getRegistration("/");
  return await registration?.pushManager.getSubscription() ?? null;
}

async function subscribe(key, worker) {
  await navigator.serviceWorker.register(policy ? policy.createScriptURL(worker) : worker);
  const registration = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: toBytes(key) };
  const old = await registration.pushManager.getSubscription();
  if (old) await old.unsubscribe(); // it may be of a key that is used no more
  return registration.pushManager.subscribe(options);
}

behaviour("push-device", (section) => {
  if (!isAble) return;
  const { key, address, worker } = section.dataset;
  const button = section.querySelector("[data-switch]");
  let isOn = false;

  function show(name) {
    isOn = name === "on";
    const [words, action] = states[name];
    section.querySelector("[data-state]").textContent = words;
    button.textContent = action;
    button.style.display = action ? "" : "none"; // a button’s own display is stronger than `hidden`
    button.classList.remove("is-busy");
    section.hidden = false;
  }

  async function switchOn() {
    if (await Notification.requestPermission() !== "granted") return show(Notification.permission === "denied" ? "blocked" : "off");
    const subscription = await subscribe(key, worker);
    try {
      await send("POST", address, subscription.toJSON());
    } catch (error) {
      await subscription.unsubscribe();
      throw error;
    }
    return show("on");
  }

  async function switchOff() {
    const subscription = await findSubscription();
    if (subscription) {
      await send("DELETE", address, { endpoint: subscription.endpoint });
      await subscription.unsubscribe();
    }
    show("off");
  }

  async function start() {
    if (Notification.permission === "denied") return show("blocked");
    const subscription = Notification.permission === "granted" ? await findSubscription() : null;
    if (!subscription) return show("off");
    await send("POST", address, subscription.toJSON()); // for the session of today
    return show("on");
  }

  button.addEventListener("click", () => {
    if (button.classList.contains("is-busy")) return;
    button.classList.add("is-busy");
    (isOn ? switchOff() : switchOn()).catch(() => show(isOn ? "on" : "failed"));
  });
  start().catch(() => show("off"));
});
