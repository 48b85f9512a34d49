// An invoice or a credit note as a sheet, drawn from what the server says of it in its props, and from nothing else.

import { h } from "vue";

const own = (text) => h("bdi", text);

const rows = (lines) => lines.map((line, at) => h("div", { key: at, dir: "auto" }, line));

const facts = (pairs, look) =>
  pairs.length ? h("dl", { class: look }, pairs.map(([name, value]) => h("div", { key: name }, [h("dt", name), h("dd", { dir: "auto" }, value)]))) : null;

const sentences = (texts) => texts.map((text, at) => h("p", { key: at, dir: "auto" }, text));

function line([text, about, quantity, price, rate, amount], at, names) {
  const cell = (place, value) => h("td", { "data-name": names[place] }, value);
  return h("tr", { key: at }, [
    h("th", { scope: "row" }, [own(text), about ? h("div", { class: "muted" }, about) : null]),
    cell(1, quantity), cell(2, price), cell(3, rate), cell(4, amount),
  ]);
}

const sum = ([name, amount], look) =>
  h("tr", { key: name, class: look }, [h("th", { scope: "row", colspan: 4 }, name), h("td", amount)]);

const kinds = {
  sheet(part) {
    const head = h("thead", h("tr", part.columns.map((name) => h("th", { key: name, scope: "col" }, name))));
    const foot = h("tfoot", [
      part.sums.map((pair) => sum(pair, "")), sum(part.total, "sheet-total"), part.after.map((pair) => sum(pair, "")),
    ]);
    const parties = [
      part.seller.length ? h("div", [h("h3", "From"), h("address", rows(part.seller)), h("div", { class: "muted" }, rows(part.details))]) : null,
      part.buyer.length ? h("div", [h("h3", "Bill to"), h("address", rows(part.buyer))]) : null,
      facts(part.facts, "sheet-facts"),
    ];
    const lines = part.lines.map((it, at) => line(it, at, part.columns));
    return h("article", { class: "card sheet", "aria-label": part.title }, [
      h("div", { class: "sheet-parties" }, parties),
      sentences(part.about),
      h("table", { class: "sheet-lines" }, [h("caption", { class: "unseen" }, "Lines"), head, h("tbody", lines), foot]),
      part.how.length || part.payment.length
        ? h("div", [h("h3", "Payment"), sentences(part.how), facts(part.payment, "sheet-facts")]) : null,
      part.notes.length ? h("div", sentences(part.notes)) : null,
      part.footer.length ? h("div", { class: "sheet-footer muted" }, rows(part.footer)) : null,
    ]);
  },

  // What became of it: payments and credit notes, each with its day and its amount.
  moves(part) {
    const id = part.$attrs.id + "-title";
    const items = part.items.map(([name, note, amount, path], at) =>
      h("li", { key: at }, [
        h("span", [path ? h("a", { class: "link", href: path }, name) : own(name), note ? h("div", { class: "muted", dir: "auto" }, note) : null]),
        h("span", { class: "sheet-amount" }, amount),
      ]),
    );
    const head = h("header", { class: "card-head" }, h("h2", { id, class: "card-title" }, part.title));
    return h("section", { class: "card sided", "aria-labelledby": id }, [head, h("ul", { class: "sheet-moves" }, items)]);
  },
};

export default {
  props: [
    "kind", "title", "items", "seller", "details", "buyer", "facts", "about", "columns", "lines", "sums", "total", "after", "payment",
    "how", "notes", "footer",
  ],
  render() {
    return kinds[this.kind](this);
  },
};
