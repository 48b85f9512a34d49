// Parts of the screens of billing, each drawn from what the server says of it in its props, and from nothing else. They are
// no parts of parts.js: whoever has no plans never fetches this file.

import { h, resolveComponent } from "vue";

const line = (text, look = "muted") => (text ? h("p", { class: look }, text) : null);

const copier = (text, name) =>
  h("button", { type: "button", class: "link-button copier", "data-copy": text, "aria-label": "Copy the " + name }, "Copy");

const caption = (text) => h("caption", { class: "unseen" }, text);

// One cell of the table of plans: what there is of something, and below it what more costs.
const cell = ([words, note]) => [h("span", words), note ? h("span", { class: "plans-note" }, note) : null];

function choice(part, { id, label, why, name }) {
  if (!label) return line(why, "plans-why");
  const press = () => part.$emit("choose", id);
  return h(resolveComponent("q-btn"), { class: "button", label, "aria-label": `${label}: ${name}`, onClick: press });
}

const kinds = {
  plan: (part) => [
    h("p", { class: "plan-line" }, [
      h("bdi", { class: "figure" }, part.title),
      h("span", part.price),
      part.word ? h("span", { class: "chip chip-tone tone-" + part.tone }, part.word) : null,
    ]),
    line(part.sentence),
    h("dl", { class: "facts" }, part.values.map(([name, value]) => h("div", { key: name }, [h("dt", name), h("dd", value)]))),
    part.items.map((text) => h("p", { key: text }, text)),
  ],

  meters: (part) =>
    h("dl", { class: "meters" }, part.items.map(([key, name, words, note, share, tone]) =>
      h("div", { key }, [
        h("dt", name),
        h("dd", words),
        share < 0 ? null : h("dd", { class: "bar tone-" + tone, "aria-hidden": "true" }, [h("span", { style: { width: share + "%" } })]),
        note ? h("dd", { class: "figure-note muted" }, note) : null,
      ]),
    )),

  // Lines with what they come to; below the line what they add up to.
  bill(part) {
    const rows = part.values.map(([text, note, amount], at) =>
      h("tr", { key: at }, [h("th", { scope: "row" }, [h("span", { dir: "auto" }, text), line(note, "bill-note")]), h("td", amount)]),
    );
    const sums = part.items.map(([text, amount, look], at) => h("tr", { key: at, class: look }, [h("th", { scope: "row" }, text), h("td", amount)]));
    if (!rows.length) return line(part.sentence);
    const head = h("thead", { class: "unseen" }, h("tr", [h("th", { scope: "col" }, "What"), h("th", { scope: "col" }, "Amount")]));
    return h("table", { class: "bill" }, [caption(part.title), head, h("tbody", rows), h("tfoot", sums)]);
  },

  transfer: (part) => [
    line(part.sentence, "transfer-text"),
    h("dl", { class: "transfer" }, part.values.map(([name, shown, copied]) =>
      h("div", { key: name }, [h("dt", name), h("dd", [h("bdi", shown), copied ? copier(copied, name) : null])]),
    )),
  ],

  // The same twice, of which a browser shows what there is room for: a column a plan, or a card.
  plans(part) {
    const { heads, items } = part;
    const named = (head) => [h("bdi", { class: "plans-name" }, head.name), head.word ? h("span", { class: "chip chip-accent" }, head.word) : null];
    const price = (head) => h("span", { class: "plans-price" }, [h("span", { class: "figure" }, head.price), h("span", { class: "muted" }, head.per)]);
    const columns = heads.map((head) =>
      h("th", { scope: "col", key: head.id, class: head.word ? "mine" : null }, [h("span", { class: "plans-head" }, named(head)), price(head), line(head.sentence)]),
    );
    const rows = items.map(([name, ...cells]) =>
      h("tr", { key: name }, [h("th", { scope: "row" }, name), cells.map((it, at) => h("td", { key: at, class: heads[at].word ? "mine" : null }, cell(it)))]),
    );
    const acts = heads.map((head) => h("td", { key: head.id, class: head.word ? "mine" : null }, [choice(part, head)]));
    const table = h("table", { class: "plans-table" }, [
      caption(part.title),
      h("thead", h("tr", [h("td"), columns])),
      h("tbody", [rows, h("tr", { key: "acts" }, [h("td"), acts])]),
    ]);
    const cards = heads.map((head, at) => {
      const facts = items.map(([name, ...cells]) => h("div", { key: name }, [h("dt", name), h("dd", cell(cells[at]))]));
      const inside = [h("h2", { class: "plans-head" }, named(head)), price(head), line(head.sentence), h("dl", facts), choice(part, head)];
      return h("li", { key: head.id, class: head.word ? "plans-card mine" : "plans-card" }, inside);
    });
    return h("div", { class: "plans" }, [table, h("ul", { class: "plans-cards", "aria-label": part.title }, cards)]);
  },
};

export default {
  props: "kind title price word tone sentence values items heads".split(" "),
  emits: ["choose"],
  render() {
    return h("div", kinds[this.kind](this));
  },
};
