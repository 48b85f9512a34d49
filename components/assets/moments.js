// How whoever looks wants dates: what they have chosen is said by the content of the dashboard; else English, and the zone of
// the browser. The calendar is ours in every language, as on the server.

let chosen = null;

function dates() {
  const { dates: language, zone } = document.getElementById("content")?.dataset ?? {};
  const way = [language, zone].join(" ");
  if (chosen?.way === way) return chosen;
  const made = {};
  const format = (fallback, timeStyle) => () => (made[timeStyle] ??= dateFormat(language || fallback, zone, timeStyle));
  return (chosen = { way, language, exact: format("en", "long"), short: format("en-GB", "short") });
}

function dateFormat(language, timeZone, timeStyle) {
  const look = { dateStyle: "long", timeStyle, calendar: "gregory", numberingSystem: "latn" };
  try {
    return new Intl.DateTimeFormat(language, { ...look, timeZone: timeZone || undefined });
  } catch {
    return new Intl.DateTimeFormat(language, look); // a zone that this browser does not know
  }
}

// Where there is no pointer that could rest on something, a tap says what its title would: which moment a time is, unless
// the tap leads somewhere, and who somebody is. Who the others are can also be asked by a key, and stays as long as one reads.

const sayOnTap = (selector, words) =>
  document.addEventListener("pointerup", ({ pointerType, target }) => {
    const tapped = pointerType !== "mouse" && target.closest?.(selector);
    const said = tapped && words(tapped);
    if (!said) return;
    sayBeside(tapped, tapped.closest(".q-dialog__inner, main, body"), said);
    endNote();
  });

sayOnTap("time[datetime]", (time) => {
  if (time.closest("a, button") || "exact" in time.dataset || isNaN(momentOf(time))) return "";
  return dates().exact().format(momentOf(time));
});
sayOnTap(".faces > li[title]", (face) => face.title);

let asked = null; // the button under which it stands who the others are

document.addEventListener("click", ({ target }) => {
  const others = target.closest?.(".others");
  if (!others) return;
  const isThere = asked === others && noted?.isConnected;
  asked = isThere ? null : others;
  if (isThere) noted.remove();
  else sayBeside(others, others.closest("main"), others.title);
});

for (const sign of ["pointerdown", "focusin"]) {
  document.addEventListener(sign, ({ target }) => {
    if (!asked || asked.contains(target) || noted.contains(target)) return;
    noted.remove();
    asked = null;
  });
}
