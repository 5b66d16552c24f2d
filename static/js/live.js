// Live boards: what they need is loaded once the page itself has been shown (js/live/, whose behaviours the board names).
{
  forge.behaviour("live", (board) => {
    const load = () => import(board.dataset.liveScript).catch(() => window.addEventListener("online", load, { once: true }));
    if (document.readyState === "complete") load();
    else window.addEventListener("load", load, { once: true });
  });
}
