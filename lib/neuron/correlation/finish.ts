/**
 * From the complete sums of a pass to summaries, tile by tile; each tile is forgotten afterwards.
 *
 * @module
 */
import type { Device } from "../../device/device.ts";
import { transpose } from "../../transpose.ts";
import type { ExactSums } from "./exact_sums.ts";
import {
  float16States,
  float16Tile,
  joinRounded,
  mixedSide,
  type RoundedSide,
  roundedSide,
} from "./float16_moments.ts";
import type { Float16Result } from "./float16_result.ts";
import type { PairResult } from "./pair_result.ts";
import type { Column, Tile } from "./plan.ts";
import { multiply, uploadMatrix } from "./products.ts";
import type { Rotation } from "./rotation.ts";
import type { TilePlace } from "./matrix_rows.ts";
import {
  columnCovariance,
  columnMoments,
  type Side,
  sideOf,
  type Sides,
  similarities,
  type Similarity,
} from "./similarity.ts";
import { baseName, columnName, COUNT, covarianceName, crossName } from "./sum_names.ts";

/** What finishing a pass needs besides its sums. */
export interface FinishOptions {
  readonly device: Device;
  readonly tiles: readonly Tile[];
  readonly similarity: Similarity;
  readonly rotation?: Rotation | undefined;
  /** By place of the partner. */
  readonly results: readonly PairResult[];
  /** Filled where the sums are in float16 too. */
  readonly float16?: Float16Result | undefined;
}

/** Layers of one side as one. */
function joinSides(sides: readonly Side[]): Side {
  const [first, ...rest] = sides;
  if (rest.length === 0) return first!;
  const join = (key: "sum" | "offset" | "norm" | "scale" | "factor") =>
    Float64Array.from(sides.flatMap((side) => [...side[key]]));
  const count = (key: "dead" | "nonFinite") => sides.reduce((sum, side) => sum + side[key], 0);
  return {
    sum: join("sum"),
    offset: join("offset"),
    norm: join("norm"),
    scale: join("scale"),
    factor: join("factor"),
    dead: count("dead"),
    nonFinite: count("nonFinite"),
  };
}

/** A mixing of a layer's neurons: `Rᵀ` on the device's side, and the inverse deviation of each mix. */
interface Mixing {
  readonly turned: Float32Array;
  readonly scale: Float64Array;
  /** The mixes' own sums, where float16 is asked for. */
  readonly rounded?: RoundedSide | undefined;
}

async function mixingsOf(
  sums: ExactSums,
  column: Column,
  { side, rounded, options }: {
    side: Side;
    rounded: RoundedSide | undefined;
    options: FinishOptions;
  },
): Promise<Mixing[]> {
  const { device, rotation, results } = options;
  if (!rotation || column.kind !== "real") return [];
  const { width, layer } = column;
  const n = sums.get(COUNT).data[0]!;
  const covariance = columnCovariance(sums.take(covarianceName(column)).data, side, n);
  using right = uploadMatrix(device, covariance, [width, width]);
  const mixings: Mixing[] = [];
  for (let draw = 0; draw < rotation.draws; draw++) {
    const label = results[column.partner]!.label;
    const matrix = rotation.matrix(label, layer, { width, draw });
    using left = uploadMatrix(device, matrix, [width, width]);
    const product = await multiply(device, left, right);
    const scale = new Float64Array(width);
    for (let k = 0; k < width; k++) {
      let variance = 0;
      for (let j = k * width; j < (k + 1) * width; j++) variance += product[j]! * matrix[j]!;
      scale[k] = variance > 0 ? 1 / Math.sqrt(variance) : 0;
    }
    const turned = transpose(matrix, [width, width]);
    mixings.push({ turned, scale, rounded: rounded && mixedSide(rounded, matrix, { scale, n }) });
  }
  return mixings;
}

async function mixedTile(
  device: Device,
  moments: Float32Array,
  { rows, mixing }: { rows: number; mixing: Mixing },
): Promise<Float32Array> {
  const width = mixing.scale.length;
  using left = uploadMatrix(device, moments, [rows, width]);
  using right = uploadMatrix(device, mixing.turned, [width, width]);
  const product = await multiply(device, left, right);
  const tile = new Float32Array(product.length);
  for (let i = 0; i < tile.length; i += width) {
    for (let k = 0; k < width; k++) tile[i + k] = product[i + k]! * mixing.scale[k]!;
  }
  return tile;
}

/** Finishes all tiles of a pass into the results, taking them from the sums. */
export async function finishPass(sums: ExactSums, options: FinishOptions): Promise<void> {
  const { device, tiles, similarity, results, float16 } = options;
  const n = sums.get(COUNT).data[0]!;
  const columns = [...new Set(tiles.map(({ column }) => column))];
  for (const column of columns) {
    const side = sideOf(sums, columnName(column), similarity);
    const rounded = float16 && roundedSide(sums, columnName(column), side);
    const mixings = await mixingsOf(sums, column, { side, rounded, options });
    const { real, baselines } = results[column.partner]!;
    for (const { group } of tiles.filter((tile) => tile.column === column)) {
      const layers = Array.from({ length: group.to - group.from }, (_, i) => group.from + i);
      const sides = layers.map((layer) => sideOf(sums, baseName(layer), similarity));
      const both: Sides = { rows: joinSides(sides), columns: side, n };
      const cross = sums.take(crossName(group, column)).data;
      const place: TilePlace = {
        row: group.start,
        column: column.layer * column.width,
        shape: [group.rows, column.width],
      };
      const target = column.kind === "real" ? real : baselines[0]!;
      const tile = similarities(cross, both, similarity);
      target.add(tile, place);
      const addFloat16 = float16Adder(float16, {
        rows: () => layers.map((layer, i) => roundedSide(sums, baseName(layer), sides[i]!)),
        place,
        column,
        n,
      });
      addFloat16(tile, rounded, column.kind === "real" ? undefined : 0);
      if (mixings.length === 0) continue;
      const moments = columnMoments(cross, both);
      for (const [draw, mixing] of mixings.entries()) {
        const mixed = await mixedTile(device, moments, { rows: group.rows, mixing });
        baselines[draw]!.add(mixed, place);
        addFloat16(mixed, mixing.rounded, draw);
      }
    }
    // A column may be cut by passes: its neurons count where its first tile is.
    const isFirst = tiles.some((tile) => tile.column === column && tile.group.from === 0);
    if (!isFirst || column.kind !== "real") continue;
    results[column.partner]!.countDefects(side);
    if (rounded) float16!.pairs[column.partner]!.countStates(rounded);
  }
}

/** Takes tiles of exact similarities as those of float16 sums into their place in a result. */
function float16Adder(
  result: Float16Result | undefined,
  { rows, place, column, n }: {
    rows: () => RoundedSide[];
    place: TilePlace;
    column: Column;
    n: number;
  },
): (tile: Float32Array, columns: RoundedSide | undefined, draw: number | undefined) => void {
  if (!result) return () => {};
  const left = joinRounded(rows());
  result.states.set(float16States(left), place.row);
  const { real, baselines } = result.pairs[column.partner]!;
  return (tile, columns, draw) => {
    const sides = { rows: left, columns: columns!, n };
    if (draw === undefined) real.add(float16Tile(tile, sides, 0), place);
    else baselines[draw]!.add(float16Tile(tile, sides, NaN), place);
  };
}
