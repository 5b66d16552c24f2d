// A chart as a PNG: the browser draws the SVG that the server makes, and offers what it drew.

import { behaviour } from "../lib/behaviours.js";
import { createElement } from "../lib/dom.js";

function save(canvas, name) {
  canvas.toBlob((blob) => {
    const link = createElement("a", "", { href: URL.createObjectURL(blob), download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }, "image/png");
}

behaviour("chart-files", (row) => {
  const svg = row.querySelector("[data-svg]");
  if (!svg) return;
  const button = createElement("button", "button button--small button--quiet", { type: "button", textContent: "PNG" });
  button.addEventListener("click", async () => {
    const image = new Image();
    image.src = svg.href;
    await image.decode();
    const canvas = createElement("canvas", "", { width: image.naturalWidth, height: image.naturalHeight });
    canvas.getContext("2d").drawImage(image, 0, 0);
    save(canvas, `${document.querySelector("h1").textContent.trim()}.png`);
  });
  svg.after(button);
});
