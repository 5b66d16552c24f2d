// A chart: what a mark says is shown beside it, under the pointer and under the focus; the arrow keys lead from mark to mark.

import { behaviour } from "../lib/behaviours.js";
import { createElement } from "../lib/dom.js";

const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
const GAP = 10; // pixels between a mark and what it says

let tip = null;

function show(mark) {
  const words = mark.getAttribute("aria-label");
  if (!words) return;
  if (!tip) {
    tip = createElement("div", "chart-tip", { ariaHidden: "true" });
    document.body.append(tip);
  }
  tip.textContent = words;
  tip.hidden = false;
  const around = mark.getBoundingClientRect();
  const own = tip.getBoundingClientRect();
  const left = Math.min(Math.max(12, around.left + around.width / 2 - own.width / 2), innerWidth - own.width - 12);
  const above = around.top - own.height - GAP;
  tip.style.left = `${left}px`;
  tip.style.top = `${above < 8 ? around.bottom + GAP : above}px`;
}

function hide() {
  if (tip) tip.hidden = true;
}

behaviour("chart", (chart) => {
  if (chart.closest("[aria-hidden]")) return;
  const marks = [...chart.querySelectorAll(".plot__point, [data-tip]")];
  marks.forEach((mark, place) => {
    mark.setAttribute("tabindex", place ? "-1" : "0");
    mark.querySelector("title")?.remove(); // the browser would show it as well
    mark.addEventListener("pointerenter", () => show(mark));
    mark.addEventListener("pointerleave", hide);
    mark.addEventListener("focus", () => show(mark));
    mark.addEventListener("blur", hide);
  });
  chart.addEventListener("keydown", (event) => {
    if (event.key === "Escape") return hide();
    const place = marks.indexOf(event.target.closest(".plot__point, [data-tip]"));
    const next = event.key === "Home" ? 0 : event.key === "End" ? marks.length - 1 : place + (STEPS[event.key] ?? NaN);
    if (place < 0 || !marks[next]) return;
    event.preventDefault();
    marks[place].setAttribute("tabindex", "-1");
    marks[next].setAttribute("tabindex", "0");
    marks[next].focus();
  });
});
