// Asking the server for tasks, boards and people by what is typed: a moment after the last letter, and never two at a time.
{
  const PAUSE = 120; // milliseconds
  let timer = 0;
  let asked = null;

  const NOTHING = { tasks: [], boards: [], people: [], more: false, failed: false };

  async function ask(address, query, boardId, signal) {
    const url = new URL(address, location.href);
    // "assign bob" asks for bob.
    url.searchParams.set("q", query);
    if (boardId) url.searchParams.set("board", boardId);
    const answer = await fetch(url, { headers: { Accept: "application/json" }, signal });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return { ...NOTHING, ...await answer.json() };
  }

  /** Ask, at once for an empty query; `take` gets what was found, unless something else was asked since. */
  forge.findSoon = (address, query, boardId, take) => {
    forge.stopFinding();
    const mine = new AbortController();
    asked = mine;
    timer = setTimeout(async () => {
      try {
        const found = await ask(address, query, boardId, mine.signal);
        if (asked === mine) take(found);
      } catch {
        if (asked === mine) take({ ...NOTHING, failed: true });
      }
    }, query ? PAUSE : 0);
  };

  forge.stopFinding = () => {
    clearTimeout(timer);
    asked?.abort();
    asked = null;
  };
}
