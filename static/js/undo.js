// Undo: what this browser changed can be taken back, one change after the other, by its toast and by Ctrl+Z; Ctrl+Shift+Z does it again.
{
  const KEY = "forge-undo";
  const KEPT = 20; // changes, in this tab
  const LOST = "No connection. Nothing was undone.";
  const other = { undo: "redo", redo: "undo" };
  const labels = { undo: "Undo", redo: "Redo" };
  const acts = new Map(); // by event: what shows the way back before the server has answered
  let turn = Promise.resolve(); // one after the other: what is pressed next is often about what this one brings
  let shown = null;

  const inTurn = (act) => { turn = turn.then(act).catch(reportError); };

  function read() {
    const kept = { undo: [], redo: [] };
    try {
      Object.assign(kept, JSON.parse(sessionStorage.getItem(KEY)));
    } catch {
      // As without storage.
    }
    // What is not about one task is known to its own page only.
    for (const kind of ["undo", "redo"]) kept[kind] = kept[kind].filter(({ taskId, event }) => taskId || acts.has(event));
    return kept;
  }

  function edit(change) {
    const kept = read();
    change(kept);
    try {
      sessionStorage.setItem(KEY, JSON.stringify(kept));
    } catch {
      // Without storage the toasts still have their buttons.
    }
  }

  const forget = (event) => edit((kept) => {
    for (const kind of ["undo", "redo"]) kept[kind] = kept[kind].filter((entry) => entry.event !== event);
  });

  function remember(entry, kind, fresh) {
    forget(entry.event);
    edit((kept) => {
      kept[kind] = [...kept[kind], entry].slice(-KEPT);
      if (fresh) kept.redo = [];
    });
  }

  /** Say what was changed, and offer to undo it: `event` is the id that the server answered, null where nothing changed.
      `act` may do it instead, and answers false where it can't; `kind` is redo for a change that was an undoing. */
  forge.offerUndo = (text, taskId, event, { kind = "undo", act = null, fresh = kind === "undo" } = {}) => {
    shown?.remove();
    const entry = { taskId, event };
    if (event) remember(entry, kind, fresh);
    if (event && act) acts.set(event, act);
    shown = forge.toast(text, "ok", event && { label: labels[kind], act: () => inTurn(() => takeBack(entry, kind)) });
    return shown;
  };

  async function takeBack(entry, kind) {
    forget(entry.event);
    const act = acts.get(entry.event);
    acts.delete(entry.event);
    if (act && await act(kind) !== false) return;
    const asking = () => ask(entry, kind, forge.uuid());
    if (!forge.refreshBoard) submit(entry);
    else await (forge.inTurn ? forge.inTurn(asking) : asking());
  }

  async function ask(entry, kind, op) {
    const { status, body } = await forge.sendUndo(entry.taskId, { event: entry.event, op });
    if (status === 200 && body) {
      forge.refreshBoard?.(entry.taskId, body.version);
      document.dispatchEvent(new CustomEvent("forge:undone", { detail: { taskId: entry.taskId, ...body } }));
      forge.offerUndo(kind === "undo" ? "Undone" : "Redone", entry.taskId, body.event, { kind: other[kind], fresh: false });
      return;
    }
    shown?.remove();
    const unsure = status === 0 || status >= 500; // with the same operation id it acts once, even if it had arrived
    shown = forge.toast(body?.error?.message ?? LOST, "danger", unsure && { label: "Retry", act: () => ask(entry, kind, op) });
  }

  /** Send an undo; answers like forge.post. */
  forge.sendUndo = (taskId, fields) => forge.post(`/tasks/${taskId}/undo`, fields);

  /** Where no board takes up what changed, the page is loaded again, as without JavaScript. */
  function submit({ taskId, event }) {
    const form = document.createElement("form");
    form.method = "post";
    form.action = `/tasks/${taskId}/undo`;
    const csrf_token = document.querySelector("meta[name=csrf-token]").content;
    const fields = { csrf_token, op: forge.uuid(), event, next: location.pathname + location.search };
    for (const [name, value] of Object.entries(fields)) form.append(Object.assign(document.createElement("input"), { type: "hidden", name, value }));
    document.body.append(form);
    form.submit();
  }

  // The form on a toast that came with the page.
  forge.behaviour("undo", (form) => {
    const kind = form.dataset.kind;
    const entry = { taskId: form.dataset.taskId, event: form.elements.event.value };
    remember(entry, kind, kind === "undo");
    form.addEventListener("submit", () => forget(entry.event));
  });

  document.addEventListener("submit", ({ target }) => {
    if (target.hasAttribute("data-forget")) sessionStorage.removeItem(KEY); // the next person at this browser is another
  });

  async function takeBackLast(kind) {
    await forge.inTurn?.(() => {}); // what was done last may still be on its way
    const entry = read()[kind].at(-1);
    if (!entry) return;
    shown?.remove();
    await takeBack(entry, kind);
  }

  const typing = (target) => target.closest("input:not([type=radio], [type=checkbox], [type=hidden]), textarea, select, [contenteditable]");
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "z" || !(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.defaultPrevented || event.isComposing || event.repeat || typing(event.target)) return;
    event.preventDefault();
    inTurn(() => takeBackLast(event.shiftKey ? "redo" : "undo"));
  });
}
