// What others did since the last visit: its script is only fetched where the page has something to say of it, or this tab still had when it left.
{
  const named = (board) => {
    try {
      return sessionStorage.getItem(`since:${board.dataset.boardId}`);
    } catch {
      return null; // without storage there is only what the page says
    }
  };

  forge.behaviour("catch-up", (board) => {
    if (document.getElementById("board-since") || named(board)) import(board.dataset.sinceScript).catch(() => {});
  });
}
