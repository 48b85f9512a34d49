// Rows drawn by a template. In a slot of one of NiceGUI's own elements the template would become another component with
// every update of the page: all rows made anew, and the focus in them lost.

// A sentence in pieces: every other one is a name, which keeps the direction that it is written in to itself.
function pieces(text, names) {
  const found = [];
  for (const name of names ?? []) {
    const at = name ? text.indexOf(name) : -1;
    if (at < 0) continue;
    found.push(text.slice(0, at), name);
    text = text.slice(at + name.length);
  }
  return [...found, text];
}

const feed = ({ props: { row } }) =>
  Vue.h("div", { class: "feed-row", role: "listitem" }, [
    Vue.h("div", [
      ...pieces(row.text, row.names).map((piece, at) => (at % 2 ? Vue.h("bdi", piece) : piece)),
      ...(row.note ? [Vue.h("div", { class: "muted feed-note", dir: "auto" }, row.note)] : []),
    ]),
    " ",
    Vue.h("time", { class: "muted", datetime: row.at }),
  ]);
feed.props = ["props"];

const kinds = { feed }; // drawn by a function: a template takes the browser 4 ms to compile

const given = new WeakMap(); // what a row was drawn with: Vue leaves alone what it is given again

const to = (row) => given.get(row) ?? given.set(row, { row }).get(row);

export default {
  props: ["template", "rows", "edition"],
  render() {
    const kind = (kinds[this.template] ??= { props: ["props"], template: this.template, methods: { pieces } });
    return Vue.h("div", this.rows.map((row) => Vue.h(kind, { key: row.id, props: to(row) })));
  },
  methods: {
    // Takes what is different from an edition, as grid.py says it. Another one came whole, with all of this in it.
    change(edition, pieces) {
      const { props } = this.$root.elements[this.$attrs.id.slice(1)];
      if (props.edition !== edition) return;
      props.rows = pieces.flatMap((piece) => (Array.isArray(piece) ? props.rows.slice(...piece) : piece));
      props.edition += 1;
    },
  },
};
