// Where there is no pointer that could rest on a time, a tap says which moment it is, unless the tap leads somewhere.

document.addEventListener("pointerup", ({ pointerType, target }) => {
  const time = pointerType !== "mouse" && target.closest?.("time[datetime]");
  if (!time || time.closest("a, button") || "exact" in time.dataset || isNaN(momentOf(time))) return;
  exact ??= new Intl.DateTimeFormat("en", { dateStyle: "long", timeStyle: "long" });
  sayBeside(time, time.closest(".q-dialog__inner, main, body"), exact.format(momentOf(time)));
  endNote();
});
