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

export default {
  props: ["template", "rows"],
  render() {
    const kind = (kinds[this.template] ??= { props: ["props"], template: this.template });
    return Vue.h("div", this.rows.map((row) => Vue.h(kind, { key: row.id, props: { row } })));
  },
};
