/**
 * The WebGPU device: our WGSL kernels (`kernels/`) through `navigator.gpu`. See docs/kernels.md.
 *
 * @module
 */
export { type AdapterFacts, type Probe, probeWebGpu } from "./adapter.ts";
export { openWebGpu } from "./open.ts";
export type { WebGpuOptions } from "./options.ts";
