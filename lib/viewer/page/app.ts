/**
 * The page: the address says what is shown, everything else follows from it.
 *
 * @module
 */
/// <reference lib="dom" />
import type { ColumnInfo, ViewerModel, ViewerNeuron } from "../format.ts";
import { copyButton, toTsv } from "./copy.ts";
import { Store } from "./data/store.ts";
import { openDialog, openText } from "./dialog.ts";
import { h } from "./dom.ts";
import { redrawInside } from "./focus.ts";
import { type Frame, layOut } from "./frame.ts";
import { type KeyAction, keyList, listenToKeys } from "./keys.ts";
import { neuronHeader } from "./neuron_header.ts";
import { faultNotice } from "./notices.ts";
import { neuronName, showNumber } from "./numbers.ts";
import type { PanelContext, Settings } from "./panel/panel.ts";
import { panelLinks, PanelSections } from "./panels.ts";
import { columnChoice, filterBar, rangeFields, searchField } from "./table/filters.ts";
import { NeuronTable } from "./table/neuron_table.ts";
import { columnsOfOrder, kindOf, neuronOrder } from "./table/order.ts";
import { shownColumns, tableRows } from "./table/shown_columns.ts";
import { toggleTheme } from "./theme.ts";
import { tokenElement } from "./token_element.ts";
import { LONGEST, LONGEST_IN_CELL, shownToken } from "./token_text.ts";
import { EMPTY_VIEW, formatView, parseView, type View } from "./view.ts";

/** The app over one folder. */
export class App {
  readonly #store: Store;
  readonly #frame: Frame;
  readonly #table: NeuronTable;
  readonly #search: HTMLInputElement;
  readonly #tokens: Promise<void>;
  readonly #sections = new PanelSections();
  readonly #settings: Settings = {
    logCounts: true,
    logDensity: false,
    logCosines: false,
    wrap: false,
  };
  #view: View = EMPTY_VIEW;
  #order: Uint32Array = new Uint32Array();
  #orderKey = "";
  #filterKey = "";
  #shown: number | undefined;
  #shownPanel: string | undefined;
  #ticket = 0;

  /** Lays the page out and shows what the address asks for. */
  constructor(readonly model: ViewerModel) {
    this.#store = new Store(model);
    this.#tokens = this.#store.loadTokens().catch((error) => this.#fault(error));
    this.#table = new NeuronTable({
      name: (neuron) => neuronName(neuron, model.width),
      href: (neuron) => this.#href(neuron),
      cell: (neuron, column) => this.cell(neuron, column),
      sort: (column) => this.#sort(column),
    });
    const { element: search, input } = searchField(this);
    this.#search = input;
    const actions = this.#keys();
    this.#frame = layOut(model, {
      search,
      table: this.#table.element,
      copyTable: copyButton(
        "Copy table as TSV",
        () => toTsv(tableRows(this.#store, this.#order, this.#columns())),
      ),
      help: () => openDialog("Keys", keyList(actions)),
      toggleTheme,
    });
    listenToKeys(actions);
    addEventListener("hashchange", () => this.#follow());
    this.#follow();
  }

  /** Changes the address, in place of the last entry of the history where `replace`. */
  go(change: Partial<View>, replace = false): void {
    const address = formatView({ ...this.#view, ...change }, this.model);
    if (address === location.hash) return;
    if (replace) location.replace(address);
    else location.hash = address;
  }

  /** A neuron's value in a column, as an element. */
  cell(neuron: number, column: ColumnInfo): Node | string {
    const value = this.#store.column(column.name)?.[neuron];
    const kind = kindOf(column);
    if (kind === "number" || value === undefined || Number.isNaN(value)) return showNumber(value);
    return kind === "token"
      ? tokenElement(this.#store.token(value), { longest: LONGEST_IN_CELL })
      : h("bdi", {}, shownToken(this.model.features[value] ?? ""));
  }

  /** Whether a column is at hand. */
  isLoaded(column: string): boolean {
    return this.#store.column(column) !== undefined;
  }

  /** Loads every column. */
  loadAll(): Promise<void> {
    return this.#store.loadColumns(this.model.columns.map(({ name }) => name));
  }

  /** To a neighbour in the order of the table. */
  step(by: -1 | 1): void {
    const place = this.#shown === undefined ? -1 : this.#order.indexOf(this.#shown);
    const next = place < 0 ? this.#order[0] : this.#order[place + by];
    if (next !== undefined) this.go({ neuron: next });
  }

  /** To any neuron of the table. */
  random(): void {
    const draw = crypto.getRandomValues(new Uint32Array(1))[0]!;
    const neuron = this.#order[draw % Math.max(1, this.#order.length)];
    if (neuron !== undefined) this.go({ neuron });
  }

  #keys(): KeyAction[] {
    return [
      { keys: ["j", "ArrowRight"], does: "next neuron", run: () => this.step(1) },
      { keys: ["k", "ArrowLeft"], does: "previous neuron", run: () => this.step(-1) },
      { keys: ["r"], does: "any neuron of the table", run: () => this.random() },
      { keys: ["/"], does: "search", run: () => this.#search.select() },
      { keys: ["t"], does: "light or dark", run: toggleTheme },
      {
        keys: ["?"],
        does: "this list",
        run: () => openDialog("Keys", keyList(this.#keys())),
      },
    ];
  }

  #href(neuron: number): string {
    return formatView({ ...this.#view, neuron }, this.model);
  }

  #sort(column: string): void {
    const { sort, descending } = this.#view;
    // Numbers are first wanted from the largest, the model's order from its start.
    const turned = sort === column ? !descending : column !== "";
    this.go({ sort: column, descending: turned }, true);
  }

  #columns(): ColumnInfo[] {
    return shownColumns(this.model, this.#view.columns);
  }

  #fault(error: unknown): void {
    this.#frame.faults.append(faultNotice(error, this.model));
  }

  async #follow(): Promise<void> {
    const ticket = ++this.#ticket;
    this.#view = parseView(location.hash, this.model);
    const view = this.#view;
    this.#frame.faults.replaceChildren();
    this.#drawFilters();
    const columns = this.#columns();
    try {
      await this.#store.loadColumns([
        ...columns.map(({ name }) => name),
        ...columnsOfOrder(view, this.model),
      ]);
    } catch (error) {
      if (ticket === this.#ticket) this.#fault(error);
    }
    const shows = (kind: string) => columns.some((column) => kindOf(column) === kind);
    if (view.text !== "" || shows("token")) await this.#tokens;
    if (ticket !== this.#ticket) return;
    this.#drawOrder();
    const neuron = view.neuron ?? this.#order[0];
    this.#table.show({ ...view, order: this.#order, columns, selected: neuron });
    if (neuron === undefined) return this.#drawNone();
    // The address then names the neuron, so that a copy of it leads back here.
    if (view.neuron === undefined) return this.go({ neuron }, true);
    await this.#showNeuron(neuron, ticket);
  }

  #drawFilters(): void {
    const view = this.#view;
    const columns = this.#columns();
    if (document.activeElement !== this.#search) this.#search.value = view.text;
    const { layer, universal, feature, ranges } = view;
    const key = JSON.stringify([layer, universal, feature, ranges, columns.map((c) => c.name)]);
    if (key === this.#filterKey) return;
    this.#filterKey = key;
    redrawInside(this.#frame.filters, filterBar(this, view));
    redrawInside(this.#frame.ranges, rangeFields(this, view, columns));
    redrawInside(this.#frame.columns, columnChoice(this, columns));
  }

  #drawOrder(): void {
    const { sort, descending, text, layer, universal, feature, ranges } = this.#view;
    const key = JSON.stringify([sort, descending, text, layer, universal, feature, ranges]);
    if (key === this.#orderKey) return;
    this.#orderKey = key;
    this.#order = neuronOrder(this.#store, this.#view);
    const all = this.#store.neurons;
    this.#frame.count.textContent = this.#order.length === all
      ? `${all.toLocaleString("en")} neurons`
      : `${this.#order.length.toLocaleString("en")} of ${all.toLocaleString("en")} neurons`;
  }

  #drawNone(): void {
    this.#shown = undefined;
    this.#frame.head.replaceChildren();
    this.#frame.links.replaceChildren();
    this.#frame.panels.replaceChildren(
      h("p", { class: "notice" }, "No neuron passes the search and the filters."),
    );
  }

  async #showNeuron(neuron: number, ticket: number): Promise<void> {
    const { head, links, panels } = this.#frame;
    const context = this.#context(neuron);
    const drawHead = () => {
      redrawInside(head, neuronHeader(this, neuron, false));
      redrawInside(links, panelLinks(context));
    };
    let data: ViewerNeuron;
    try {
      [data] = await Promise.all([this.#store.neuron(neuron), this.#tokens]);
    } catch (error) {
      if (ticket !== this.#ticket) return;
      drawHead();
      panels.replaceChildren(faultNotice(error, this.model));
      return this.#arrive(neuron);
    }
    if (ticket !== this.#ticket) return;
    drawHead();
    if (this.#sections.element.parentNode !== panels) {
      panels.replaceChildren(this.#sections.element);
    }
    const asked = this.#view.panel !== this.#shownPanel ? this.#view.panel : undefined;
    const toAsked = () => asked && document.getElementById(`panel-${asked}`)?.scrollIntoView();
    this.#arrive(neuron);
    toAsked();
    await this.#sections.show(context, data);
    // Panels above may have grown since.
    if (ticket === this.#ticket) toAsked();
  }

  #context(neuron: number): Omit<PanelContext, "redraw"> {
    return {
      model: this.model,
      view: this.#view,
      settings: this.#settings,
      neuron,
      token: (id) => this.#store.token(id),
      tokenElement: (id, longest) =>
        tokenElement(this.#store.token(id), {
          longest: longest ?? LONGEST,
          open: (text) => openText(`Token ${id}`, text),
        }),
      neuronLink: (other) =>
        h("a", { href: this.#href(other) }, neuronName(other, this.model.width)),
      open: openDialog,
      go: (change) => this.go(change),
    };
  }

  #arrive(neuron: number): void {
    // Not before the first step: a reader who came by a link to one neuron asked for no other.
    const stepped = this.#shown !== undefined && this.#shown !== neuron;
    this.#shown = neuron;
    this.#shownPanel = this.#view.panel;
    document.title = `${neuronName(neuron, this.model.width)} \u00b7 ${this.model.model}`;
    if (stepped) setTimeout(() => this.#prepareNeighbours(neuron), 50);
  }

  #prepareNeighbours(neuron: number): void {
    const place = this.#order.indexOf(neuron);
    if (place < 0 || neuron !== this.#shown) return;
    for (const next of [this.#order[place + 1], this.#order[place - 1]]) {
      // A shard that fails here is asked for again, and named, when its neuron is shown.
      if (next !== undefined) this.#store.neuron(next).catch(() => {});
    }
  }
}
