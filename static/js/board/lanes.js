// Lanes: where a column is crossed by them, a card has a lane too, and moving it there changes what the lane stands for.
{
  const cellOf = (columnId, key) =>
    [...document.querySelectorAll(`.column--cell[data-column-id="${CSS.escape(columnId)}"]`)].find(({ dataset }) => dataset.lane === key);
  const laneOf = (key) => [...document.querySelectorAll(".column--cell")].find(({ dataset }) => dataset.lane === key)?.closest(".lane");
  const nameOf = (key) => laneOf(key).querySelector(".lane__name").textContent;

  /** The column, or its cell in a lane. */
  forge.findColumn = (columnId, key) => (key === undefined ? document.getElementById(`column-${columnId}`) : cellOf(columnId, key));

  /** What is said after the name of a column. */
  forge.laneWords = (key) => (key === undefined ? "" : `, ${nameOf(key)}`);

  /** What the move form is told beside the column: the lane, where it is another one. */
  forge.laneFields = ({ from, to }) =>
    from.lane === to.lane ? {} : { lanes: document.querySelector(".board__columns").dataset.lanes, lane: to.lane };

  forge.recountLanes = (from, to) => {
    for (const [key, by] of [[from, -1], [to, 1]]) {
      const count = laneOf(key)?.querySelector(".lane__count");
      if (count) count.textContent = Number(count.textContent) + by;
    }
  };

  /** Draw a card anew after the server has changed it, in the lane to which it belongs now (a card with more tags has another first one). */
  forge.showInLane = (card, { card: html, lane }) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    forge.refreshTimes(template.content);
    const focused = card.contains(document.activeElement);
    card.replaceChildren(...document.importNode(template.content.firstElementChild, true).childNodes);
    if (focused) card.querySelector(".card__title").focus({ preventScroll: true });
    const { columnId, lane: here } = forge.placeOf(card);
    const key = cellOf(columnId, lane) ? lane : "others";
    if (here === undefined || here === key || !cellOf(columnId, key)) return;
    const start = card.getBoundingClientRect();
    forge.recountLanes(here, key);
    forge.putCard(card, { columnId, lane: key, beforeId: "", afterId: "" });
    forge.fly(card, start);
  };
}
