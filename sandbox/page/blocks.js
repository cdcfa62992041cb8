// Block Kit blocks to DOM nodes: one function a block.

import { h } from "./dom.js";
import { freshId, holder, interactive, isKnownHolder, isLabelable, picture } from "./elements.js";
import { markdown } from "./markdown.js";
import { richText } from "./rich_text.js";

const BLOCKS = {
  header: (block, surface) => h("h3", { class: "block-header" }, surface.words(block.text)),
  divider: () => h("hr"),
  section,
  context,
  actions,
  input,
  rich_text: (block, surface) => h("div", { class: "rich" }, richText(block, surface.directory)),
  image,
  alert: (block, surface) => {
    const level = ["info", "warning", "error", "success"].includes(block.level) ? block.level : "default";
    return h("div", { class: `alert alert-${level}`, role: "note" }, h("div", {}, surface.text(block.text)));
  },
  markdown: (block, surface) => h("div", { class: "rich" }, markdown(block.text, surface.directory)),
  table,
};

/** All blocks of a surface, in order. */
export function blocks(surface) {
  return surface.blocks.map((block) => {
    const node = BLOCKS[block.type]?.(block, surface)
      ?? h("p", { class: "unknown" }, `This page cannot show the block “${block.type}”.`);
    node.classList.add("block");
    node.dataset.block = block.block_id ?? "";
    return node;
  });
}

function section(block, surface) {
  const words = h("div", { class: "section-text" });
  if (block.text) words.append(h("div", {}, surface.text(block.text)));
  if (block.fields) words.append(h("div", { class: "fields" }, block.fields.map((field) => h("div", {}, surface.text(field)))));
  const label = block.text ? surface.flat(block.text) : "Choose";
  return h("div", { class: "section" }, words,
    block.accessory && h("div", { class: "accessory" }, interactive(block, block.accessory, surface, label)));
}

function context(block, surface) {
  return h("div", { class: "context" }, block.elements.map((element) =>
    element.type === "image" ? picture(element, { small: true }) : h("span", {}, surface.text(element))));
}

function actions(block, surface) {
  return h("div", { class: "actions" }, block.elements.map((element) => interactive(block, element, surface, "Choose")));
}

function input(block, surface) {
  const { element } = block;
  if (!isKnownHolder(element)) return h("p", { class: "unknown" }, `This page cannot show “${element.type}”.`);
  const id = freshId();
  const labelId = `${id}-label`;
  const hint = block.hint && h("p", { id: `${id}-hint`, class: "hint" }, surface.words(block.hint));
  const fault = surface.errors[block.block_id];
  const error = fault && h("p", { id: `${id}-error`, class: "field-error" }, fault);
  const words = [surface.words(block.label), block.optional && h("span", { class: "optional" }, " (optional)")];
  const labelable = isLabelable(element);
  const label = h(labelable ? "label" : "span", { id: labelId, class: "label", for: labelable ? id : null }, words);
  const box = h("div", { class: `input${fault ? " input-wrong" : ""}` }, label);
  box.append(holder(block, element, surface, {
    id,
    labelledBy: labelable ? null : labelId,
    describedBy: [error && error.id, hint && hint.id].filter(Boolean).join(" ") || null,
    invalid: Boolean(fault),
    required: !block.optional,
    dispatches: Boolean(block.dispatch_action),
    onchange: () => mend(box, error, hint),
  }));
  box.append(...[error, hint].filter(Boolean));
  return box;
}

/** A field that is being mended no longer shows its fault. */
function mend(box, error, hint) {
  if (!error?.isConnected) return;
  error.remove();
  box.classList.remove("input-wrong");
  for (const node of box.querySelectorAll("[aria-invalid]")) {
    node.removeAttribute("aria-invalid");
    if (hint) node.setAttribute("aria-describedby", hint.id);
    else node.removeAttribute("aria-describedby");
  }
}

function image(block, surface) {
  return h("figure", {}, block.title && h("figcaption", {}, surface.words(block.title)), picture(block));
}

function table(block, surface) {
  const cellOf = (value, column, header) => {
    const { align, is_wrapped: wrapped } = block.column_settings?.[column] ?? {};
    const words = value.type === "rich_text" ? richText(value, surface.directory) : (value.text ?? String(value.value ?? ""));
    const classes = [align && `align-${align}`, wrapped && "wrapped"].filter(Boolean).join(" ");
    return h(header ? "th" : "td", { class: classes || null, scope: header ? "col" : null }, words);
  };
  const [head, ...body] = block.rows;
  const row = (cells, header) => h("tr", {}, cells.map((value, column) => cellOf(value, column, header)));
  return h("div", { class: "table-frame", tabindex: "0", role: "region", "aria-label": "Table" },
    h("table", {}, h("thead", {}, row(head, true)), h("tbody", {}, body.map((cells) => row(cells, false)))));
}
