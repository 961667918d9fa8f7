// @ts-self-types="./resvg_wasm.d.ts"
/**
 * resvg's WebAssembly module, by a source phase import: Deno compiles it while loading the module
 * graph, so it needs no read permission and no path. JavaScript because TypeScript 6 cannot parse
 * the form.
 *
 * @module
 */
import source module from "@resvg/resvg-wasm/index_bg.wasm";

export default module;
