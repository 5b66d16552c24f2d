// Tell the server the reader's time zone, so that its days are the reader's (taskforge/http/reader_zone.py).

const zone = `zone=${Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC"}`;
if (!document.cookie.split("; ").includes(zone)) {
  document.cookie = `${zone}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}
