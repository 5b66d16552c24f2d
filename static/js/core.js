// Behaviours by name. Markup asks for them with data-module="form drafts"; everything works without them.

const forge = {
  behaviours: new Map(),
  started: new WeakMap(),

  /** Register what data-module="name" does; `start` is called once for each element. */
  behaviour(name, start) {
    forge.behaviours.set(name, start);
  },

  /** Start the behaviours of `root` and of all that it holds; safe to call again after a swap. */
  start(root) {
    const elements = [...root.querySelectorAll("[data-module]")];
    if (root.matches?.("[data-module]")) elements.push(root);
    for (const element of elements) {
      const done = forge.started.get(element) ?? new Set();
      forge.started.set(element, done);
      for (const name of element.dataset.module.split(/\s+/)) {
        const start = forge.behaviours.get(name);
        if (!start || done.has(name)) continue;
        done.add(name);
        start(element);
      }
    }
  },

  /** A random UUID, also where the page is not a secure context. */
  uuid() {
    if (crypto.randomUUID) return crypto.randomUUID();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64;
    bytes[8] = (bytes[8] & 63) | 128;
    const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  },
};
globalThis.forge = forge; // for the modules of single pages
