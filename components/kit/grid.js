// Rows drawn by a template. In a slot of one of NiceGUI's own elements the template would become another component with
// every update of the page: all rows made anew, and the focus in them lost.

const feed = ({ props: { row } }) =>
  Vue.h("div", { class: "feed-row", role: "listitem" }, [
    Vue.h("span", row.text),
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
    const kind = (kinds[this.template] ??= { props: ["props"], template: this.template });
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
