// An open task stays up to date: by the hints of the board that is open behind it, or by a stream of its own on its own page.
{
  const SOON = [80, 150];
  const RETRY = 10_000;

  const concerns = (hint, taskId) => !hint.event?.startsWith("task.") || hint.id === taskId;

  forge.behaviour("task", (panel) => {
    const { taskId, url } = panel.dataset;
    let timer = 0;
    let theirs = false;
    let asking = false;
    let source = null;

    async function refresh() {
      timer = 0;
      if (!panel.isConnected) return;
      if (asking) {
        wake(false);
        return;
      }
      asking = true;
      const pulse = theirs;
      theirs = false;
      try {
        const search = location.pathname === url ? location.search : "";
        const answer = await fetch(url + search, { headers: { "HX-Request": "true" } });
        if (answer.ok && !answer.redirected) {
          forge.updateTask(panel, await answer.text(), pulse);
          if (location.pathname === url) document.title = `${panel.dataset.title} · TaskForge`;
        } else if ([401, 403, 404].includes(answer.status)) stop("This task can no longer be reached.");
      } catch {
        // The next hint, or the stream's coming back, asks again.
      } finally {
        asking = false;
      }
    }

    function wake(pulse) {
      theirs ||= pulse;
      timer ||= setTimeout(refresh, SOON[0] + Math.random() * (SOON[1] - SOON[0]));
    }

    function stop(text) {
      source?.close();
      clearTimeout(timer);
      for (const [name, act] of listeners) document.removeEventListener(name, act);
      if (text) forge.toast(text, "danger");
    }

    const own = new Set(); // versions that this page made itself
    function hear(hint) {
      if (!panel.isConnected) stop();
      else if (concerns(hint, taskId) && !(hint.id === taskId && own.has(hint.version))) wake(true);
    }
    const listeners = [
      ["forge:hint", ({ detail }) => hear(detail)],
      ["forge:own", ({ detail }) => {
        if (detail.id !== taskId || !panel.isConnected) return;
        own.add(detail.version);
        wake(false);
      }],
    ];
    for (const [name, act] of listeners) document.addEventListener(name, act);
    forge.refreshTask = () => panel.isConnected && wake(false);

    function open() {
      source?.close();
      if (!panel.isConnected || document.querySelector(".board__columns")) return;
      source = new EventSource(panel.dataset.liveUrl);
      for (const name of ["board", "reload"]) source.addEventListener(name, (message) => hear(JSON.parse(message.data)));
      source.addEventListener("open", () => { panel.dataset.live = "on"; });
      source.addEventListener("error", () => {
        panel.dataset.live = "off";
        if (source.readyState !== EventSource.CLOSED) return;
        setTimeout(() => {
          wake(true);
          open();
        }, RETRY);
      });
    }
    window.addEventListener("pagehide", () => source?.close());
    window.addEventListener("pageshow", (event) => event.persisted && (wake(true), open()));
    open();
  });

  // What htmx saved: the field stands there anew already; the rest follows.
  document.addEventListener("forge:changed", ({ detail }) => {
    forge.refreshBoard(detail.id, detail.version);
    if (detail.event && detail.text) forge.sayDone(detail.text, detail.id, detail.event);
  });
}
