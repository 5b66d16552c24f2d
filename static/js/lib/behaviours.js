// The registry of behaviours. Markup asks for them by name, as in data-module="form drafts"; every page works without them.

const behaviours = new Map(); // by name: the function that starts the behaviour on an element
const started = new WeakMap(); // by element: the names of the behaviours that were started on it
const listeners = [];
let isScheduled = false;

/** Register what data-module="name" does; `start` is called once for each element, also for those that are on the page already. */
export function behaviour(name, start) {
  behaviours.set(name, start);
  if (isScheduled) return;
  isScheduled = true;
  // After the modules that are being evaluated now: `start` may use what another of them sets up.
  queueMicrotask(() => {
    isScheduled = false;
    startBehaviours(document);
  });
}

/** Call `act` with each part of the page whose behaviours have been started. */
export const afterStart = (act) => listeners.push(act);

/** Start the behaviours of `root` and of all elements in it; safe to call again after a swap. */
export function startBehaviours(root) {
  const elements = [...root.querySelectorAll("[data-module]")];
  if (root.matches?.("[data-module]")) elements.push(root);
  for (const element of elements) {
    const done = started.get(element) ?? new Set();
    started.set(element, done);
    for (const name of element.dataset.module.split(/\s+/)) {
      const start = behaviours.get(name);
      if (!start || done.has(name)) continue;
      done.add(name);
      start(element);
    }
  }
  for (const act of listeners) act(root);
}
