// Moments in words. "Now" is the server's clock, which can be moved.

let ahead = 0;

/** Takes over the server's clock. */
export function setClock(now) {
  ahead = new Date(now).getTime() - Date.now();
}

/** The server's clock. */
export const now = () => new Date(Date.now() + ahead);

const styles = {
  t: { hour: "2-digit", minute: "2-digit" },
  T: { hour: "2-digit", minute: "2-digit", second: "2-digit" },
  d: { day: "2-digit", month: "2-digit", year: "numeric" },
  D: { day: "numeric", month: "long", year: "numeric" },
  f: { day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
  F: { weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" },
};

const units = [
  ["year", 31_557_600], ["month", 2_629_800], ["day", 86_400], ["hour", 3_600], ["minute", 60], ["second", 1],
];

function relative(moment) {
  const seconds = Math.round((moment - now()) / 1000);
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units.at(-1);
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.trunc(seconds / size), unit);
}

/** A moment in one of Discord's styles: t T d D f F R. */
export function inStyle(moment, style) {
  return style === "R" ? relative(moment) : moment.toLocaleString("en-GB", styles[style] ?? styles.f);
}

/** The day of a moment, as it stands between the messages of two days. */
export const dayOf = (moment) =>
  moment.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", year: "numeric" });

/** When a message was written: the time, and the day unless it is today. */
export function whenWritten(moment) {
  const time = inStyle(moment, "t");
  return dayOf(moment) === dayOf(now()) ? `Today at ${time}` : `${inStyle(moment, "D")} at ${time}`;
}
