/**
 * Where the page starts.
 *
 * @module
 */
/// <reference lib="dom" />
import { App } from "./app.ts";
import { receiveData } from "./data/load.ts";
import { loadModel } from "./data/store.ts";
import { h } from "./dom.ts";
import { faultNotice } from "./notices.ts";
import { restoreTheme } from "./theme.ts";

receiveData();
restoreTheme();
loadModel().then(
  (model) => new App(model),
  (error) =>
    document.body.replaceChildren(h("main", {}, h("h1", {}, "Neurons"), faultNotice(error))),
);
