// How files are called: in texts, in sizes, and where they have no name of their own.

const UNNAMED = /^(?:image|clipboard)?\.(\w+)$/i;
const UNITS = ["bytes", "kB", "MB"];
const twoDigits = (number) => String(number).padStart(2, "0");

/** A size with its unit, as the server writes it. */
export function showSize(bytes) {
  let size = bytes;
  for (const unit of UNITS) {
    if (size < 1000) return `${Math.round(size)} ${unit}`;
    size /= 1000;
  }
  return `${size.toFixed(1)} GB`;
}

/** The name of a file that was pasted: what is called "image.png" by every browser gets a name with the time. */
export function nameOfPasted({ name, type }) {
  const unnamed = UNNAMED.exec(name);
  if (!unnamed && name) return name;
  const now = new Date();
  const day = [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(twoDigits).join("-");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(twoDigits).join(".");
  const kind = type.startsWith("image/") ? "Screenshot" : "Pasted";
  return `${kind} ${day} at ${time}.${unnamed?.[1] ?? type.split("/")[1] ?? "bin"}`;
}

/** How a text names a file: an image is shown there, anything else is a link. */
export function markdownOf({ id, name, is_image: isImage }) {
  return `${isImage ? "!" : ""}[${name.replaceAll(/[[\]\\`*<>\n]+/g, " ").trim()}](/attachments/${id})`;
}
