// Play: one change after the other, slowly enough to be read.

const PACE = 1100; // milliseconds from one change to the next

/** What plays through `button`: `forward` shows the next change and answers false at the end. */
export function createPlayer(button, forward) {
  let timer = 0;
  let turns = 0;
  let playing = false;

  const show = () => {
    button.setAttribute("aria-pressed", String(playing));
    button.setAttribute("aria-label", playing ? "Pause" : "Play");
    button.title = playing ? "Pause (p)" : "Play (p)";
  };

  function pause() {
    if (!playing) return;
    playing = false;
    clearTimeout(timer);
    show();
  }

  async function turn() {
    const number = ++turns;
    const more = await forward();
    if (!playing || number !== turns) return; // it may have been paused and begun again
    if (more) timer = setTimeout(turn, PACE);
    else pause();
  }

  button.addEventListener("click", () => {
    if (playing) {
      pause();
      return;
    }
    playing = true;
    show();
    turn();
  });
  document.addEventListener("visibilitychange", () => document.hidden && pause());
  return { pause };
}
