// The reader's time zone: the one of their profile, else the browser's, which the server is told here (taskforge/http/reader_zone.py).

const { zone: timeZone } = document.documentElement.dataset;
const cookie = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC"}`;
if (!document.cookie.split("; ").includes(cookie)) {
  document.cookie = `${cookie}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}

/** An instant as a Date whose local fields (hours, day, …) are those of the reader's zone. */
export const inZone = (at) => (timeZone ? new Date(at.toLocaleString("en-US", { timeZone })) : at);

/** Today where the reader is, as "2026-05-12". */
export const today = () => inZone(new Date()).toLocaleDateString("sv");
