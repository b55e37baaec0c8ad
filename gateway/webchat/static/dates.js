/** Days and times as people say them. Names of days are English like the page; the clock follows the fan's own habit. */

const DAY_MS = 86_400_000;
const time = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const weekday = new Intl.DateTimeFormat("en", { weekday: "long" });
const date = new Intl.DateTimeFormat("en", { day: "numeric", month: "long" });
const dateWithYear = new Intl.DateTimeFormat("en", { day: "numeric", month: "long", year: "numeric" });

/** "14:05", or "2:05 PM" where that is the habit. */
export function timeLabel(at) {
  return time.format(at);
}

/** "Today", "Yesterday", "Tuesday" within a week, else the date. */
export function dayLabel(at, now) {
  const days = Math.round((midnight(now) - midnight(at)) / DAY_MS);
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days > 1 && days < 7) return weekday.format(at);
  return (at.getFullYear() === now.getFullYear() ? date : dateWithYear).format(at);
}

/** True when both moments fall on the same local day. */
export function sameDay(one, other) {
  return midnight(one) === midnight(other);
}

function midnight(at) {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}
