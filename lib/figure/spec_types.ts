/**
 * Names for the parts of Vega-Lite's types that the builders put together.
 *
 * @module
 */
import type { TopLevelSpec } from "vega-lite";
import type { LayerSpec } from "vega-lite/types_unstable/spec/layer.d.ts";
import type { NonNormalizedSpec } from "vega-lite/types_unstable/spec/index.d.ts";
import type { Field } from "vega-lite/types_unstable/channeldef.d.ts";

export type { TopLevelSpec };

/** A view of one or more layers. */
export type View = LayerSpec<Field>;

/** One layer of a {@linkcode View}. */
export type Layer = View["layer"][number];

/** Any view inside a concatenation. */
export type Panel = NonNormalizedSpec;

/** The schema that the specs are written for. */
export const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
