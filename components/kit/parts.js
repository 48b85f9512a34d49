// Parts of a screen, each drawn from what the server says of it in its props, and from nothing else. By functions: a
// template would be compiled in every browser. What is text stays text.

import { h, resolveComponent } from "vue";

const line = (text, look = "muted") => (text ? h("p", { class: look }, text) : null);

const button = (look, props, press) => h(resolveComponent("q-btn"), { class: look, onClick: press, ...props });

const card = (part, inside) => {
  const id = part.$attrs.id + "-title";
  const head = [h("h2", { id, class: "card-title" }, part.title), line(part.hint)];
  return h("section", { class: "card sided", "aria-labelledby": id }, [h("header", { class: "card-head", id: part.at || null }, head), inside]);
};

const onward = (part) => (part.label ? h("p", { class: "onward" }, [h("a", { class: "link", href: part.path }, part.label)]) : null);

const seenIn = (event) => ({ detail: draft(event.target.closest("form")) }); // of a script that every page has

const kinds = {
  head: (part) =>
    h("header", { class: "screen-head" }, [
      h("div", [
        part.label ? h("a", { class: "way", href: part.path }, part.label) : null,
        h("h1", { class: "screen-title", dir: "auto" }, part.title),
        part.hint ? h("p", { class: "muted", dir: "auto" }, part.hint) : null,
      ]),
      h("div", { class: "screen-action" }, part.$slots.default()),
    ]),

  card: (part) => card(part, part.$slots.default()),

  facts(part) {
    const told = (value, at) => (at ? h("time", { datetime: at, "data-exact": "true" }, value) : value);
    const facts = part.values.map(([name, value, at]) => (value ? h("div", [h("dt", name), h("dd", { dir: "auto" }, told(value, at))]) : null));
    const faces = part.faces.map(([initials, hue, name]) =>
      h("li", { title: name }, [
        h("span", { class: "monogram small hue-" + hue, "aria-hidden": "true" }, initials),
        h("span", { class: "unseen" }, name),
      ]),
    );
    const more = part.more ? h("li", h("button", { type: "button", class: "others", title: part.sentence }, part.more)) : null;
    const who = h("dd", [h("ul", { class: "faces" }, [faces, more])]);
    return card(part, h("dl", { class: "facts" }, [facts, faces.length ? h("div", [h("dt", part.word), who]) : null]));
  },

  figures(part) {
    const figures = part.items.map(([name, number, unit, before, share, measured, tone]) =>
      h("div", { key: name }, [
        h("dt", name),
        h("dd", [h("span", { class: "figure" }, number), unit ? h("span", { class: "muted" }, " " + unit) : null]),
        share < 0 ? null : h("dd", { class: "bar tone-" + tone, "aria-hidden": "true" }, [h("span", { style: { width: share + "%" } })]),
        measured ? h("dd", { class: "figure-note" }, measured) : null,
        before ? h("dd", { class: "figure-note muted" }, before) : null,
      ]),
    );
    return card(part, [h("dl", { class: "figures" }, figures), onward(part)]);
  },

  // Figures of which one is chosen by a press.
  chooser(part) {
    const bar = (share, tone) => h("span", { class: "bar tone-" + tone }, [h("span", { style: { width: share + "%" } })]);
    const items = part.items.map(([key, name, number, unit, before, share, measured, tone]) =>
      h("button", { key, type: "button", class: "choosable", "aria-pressed": String(key === part.word), onClick: () => part.$emit("choose", key) }, [
        h("span", { class: "choosable-name" }, name),
        h("span", [h("span", { class: "figure" }, number), h("span", { class: "muted" }, " " + unit)]),
        h("span", { class: "figure-note muted" }, before),
        share < 0 ? null : h("span", { class: "figure-note" }, [bar(share, tone), measured]),
      ]),
    );
    return h("div", { class: "chooser", role: "group", "aria-label": part.title }, items);
  },

  // Names and what they come to, the largest first; beside it a bar for the eye.
  shares(part) {
    const rows = part.values.map(([name, words, share], at) =>
      h("tr", { key: at }, [
        h("th", { scope: "row" }, h("bdi", name)),
        h("td", { class: "share", "aria-hidden": "true" }, h("span", { class: "bar" }, [h("span", { style: { width: share + "%" } })])),
        h("td", words),
      ]),
    );
    const heads = part.items.map((words, at) => h("th", { scope: "col", colspan: at ? 2 : null }, words));
    const inside = [h("caption", { class: "unseen" }, part.title), h("thead", h("tr", heads)), h("tbody", rows)];
    return card(part, [rows.length ? h("table", { class: "numbers" }, inside) : null, line(part.more)]);
  },

  digest(part) {
    const items = part.items.map(([path, name, word, tone, since]) =>
      h("li", { key: path }, [
        h("a", { class: "link", href: path, dir: "auto" }, name),
        h("span", { class: "badge tone-" + tone }, word),
        h("span", { class: "muted" }, [part.word, " ", h("time", { datetime: since })]),
      ]),
    );
    return card(part, [items.length ? h("ul", { class: "digest" }, items) : null, line(part.sentence), onward(part)]);
  },

  fold: (part) =>
    h("details", { class: "card fold" }, [
      h("summary", [h("h2", { class: "card-title" }, part.title)]),
      line(part.hint),
      part.$slots.default(),
    ]),

  checklist(part) {
    const items = part.items.map(([text, path, done]) =>
      h("li", { key: text, class: done ? "done" : null }, [
        done ? [h("span", text), h("span", { class: "unseen" }, " (done)")] : h("a", { class: "link", href: path }, text),
      ]),
    );
    const away = () => button("button-quiet", { label: part.label }, () => part.$emit("click"));
    return card(part, [h("ul", { class: "checklist" }, items), items.length ? away() : null]);
  },

  standing: (part) => [
    h("p", { class: "standing", role: "status" }, [
      h("span", { class: "badge tone-" + part.tone }, part.word),
      part.since ? h("time", { class: "muted", datetime: part.since, "data-span": "true" }) : null,
    ]),
    line(part.meaning),
    line(part.reason, null),
  ],

  // The region is there before there is something in it: only what changes in it is read out.
  banner(part) {
    const { word, tone, since, meaning, reason, hint, people, label } = part;
    const names = people?.flatMap((name, at) => [at ? ", " : " ", h("bdi", name)]);
    const said = word && [
      h("p", { class: "standing" }, [
        h("span", { class: "badge tone-" + tone }, word),
        since ? h("time", { class: "muted", datetime: since, "data-span": "true" }) : null,
      ]),
      line(meaning, null),
      line(reason, null),
      hint ? h("p", names?.length ? [hint, names] : hint) : null,
      onward(part),
    ];
    const status = h("div", { role: "status", class: word ? "notice banner tone-" + tone : null }, said || []);
    return h("div", word ? { role: "region", "aria-label": "Status of the organization" } : {}, [status]);
  },

  note: (part) => [
    part.boxed && part.sentence ? h("div", { class: "empty" }, [line(part.sentence)]) : line(part.sentence),
    part.since ? h("p", { class: "muted" }, [part.hint, " ", h("time", { datetime: part.since, "data-exact": "true" }, part.word)]) : null,
    part.label ? button(part.look, { label: part.label, disable: part.disable }, () => part.$emit("click")) : null,
  ],

  stored(part) {
    const { sentence, label, hint, why, word } = part;
    const edit = { id: part.$attrs.id + "-edit", label, "aria-label": hint };
    const actions = [
      label ? button("button", edit, () => part.$emit("click")) : null,
      h("span", { role: "status", class: "muted" }, word),
    ];
    const inside = [h("address", { class: "printed", dir: "auto" }, sentence), line(why), h("div", { class: "actions" }, actions)];
    return h("div", { class: label || why || word ? "stored" : "gone" }, inside);
  },

  form(part) {
    const { notice, tone, remedy, save, ready, back, busy, why, still } = part;
    const id = part.$attrs.id + "-still";
    const about = still ? { "aria-describedby": id } : {};
    const undo = remedy ? button("button-quiet", { label: remedy }, () => part.$emit("remedy")) : null;
    const actions = [
      why ? null : button("button-primary", { label: save, type: "submit", disable: !ready, ...about }),
      back ? button("button", { label: back, disable: busy }, (event) => part.$emit("back", seenIn(event))) : null,
      why ? null : h("span", { id, class: "still muted", "aria-live": "off" }, still), // its place stays: nothing jumps
    ];
    const said = notice ? [h("span", notice), undo] : [];
    const zone = () => part.$emit("zone", Intl.DateTimeFormat().resolvedOptions().timeZone);
    return h("form", { class: "form", novalidate: true, tabindex: -1, onVnodeMounted: part.zone ? zone : null }, [
      part.$slots.default(),
      h("div", { role: "status", class: notice ? "notice tone-" + tone : "gone" }, said),
      line(why),
      why && !back ? null : h("div", { class: "actions", "aria-live": "polite" }, actions),
    ]);
  },
};

export default {
  props: `kind title hint at values items faces more people word tone since meaning reason sentence boxed label look disable
    notice remedy save ready back busy why still zone path`.split(/\s+/),
  emits: ["click", "remedy", "zone", "choose"], // else a click anywhere in what is drawn would be one, too
  render() {
    return kinds[this.kind](this);
  },
};
