// Seen: the server is told how far one has seen the board, while it is on the screen.
{
  const SETTLED = 2000; // milliseconds on the screen after which a board counts as seen
  const EVERY = 20_000;
  const STALE = 30_000; // when it is worth saying again that one was here

  forge.behaviour("seen", (board) => {
    let shown = Number(board.dataset.seq);
    let told = -1;
    let toldAt = 0;
    let timer = 0;

    function tell() {
      clearTimeout(timer);
      timer = 0;
      told = shown;
      toldAt = Date.now();
      fetch(board.dataset.seenUrl, {
        method: "POST",
        keepalive: true, // it is mostly said while leaving
        headers: { Accept: "application/json", "X-CSRFToken": document.querySelector("meta[name=csrf-token]").content },
        body: new URLSearchParams({ seq: shown }),
      }).catch(() => { told = -1; });
    }

    const soon = (after) => { timer ||= setTimeout(() => document.hidden || tell(), after); };

    function leave() {
      clearTimeout(timer);
      timer = 0;
      if (shown > told || Date.now() - toldAt > STALE) tell();
    }

    forge.tellSeen = tell;
    /** The page shows the board as it is after its change number `seq`. */
    forge.sawBoard = (seq) => {
      if (seq <= shown) return;
      shown = seq;
      if (!document.hidden) soon(EVERY);
    };

    document.addEventListener("visibilitychange", () => {
      if (document.hidden) leave();
      else if (shown > told) soon(SETTLED);
    });
    window.addEventListener("pagehide", () => document.hidden || leave());
    if (!document.hidden) soon(SETTLED);
  });
}
