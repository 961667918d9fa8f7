// What every GEMM variant shares; appended to gemm_*.wgsl, which declare `a` (binding 0), `b` (1) and the tiles.
//
//   c[z] = activation(alpha * a[z] · b[z] + bias) + residual, for every batch z = (outer, head)
//
// Shapes      a[z] [m, k] (TRANSPOSED_A: [k, m]), b[z] [k, n] (TRANSPOSED_B: [n, k]), bias [n], residual and c [m, n];
//             all strided, see Params.
// Bindings    0 a, 1 b, 2 bias, 3 residual, 4 c, 5 params. Unused bias or residual: any small buffer.
// Workgroup   x: column tile, y: row tile, z: batch.
// Numerics    every variant adds products in ascending k with fma from 0, so all variants give the same bits.
//             Masked cells (CAUSAL) take params.maskValue: WGSL has no infinity constant.
override TRANSPOSED_A: bool = false;
override TRANSPOSED_B: bool = false;
override HAS_BIAS: bool = false;
override HAS_RESIDUAL: bool = false;
override CAUSAL: bool = false;
// 0 none, 1 GELU by tanh, 2 GELU by erf.
override ACTIVATION: u32 = 0u;

// Strides and offsets in elements. batch z: outer = z / heads, head = z % heads.
struct Params {
  m: u32,
  n: u32,
  k: u32,
  heads: u32,
  batchStart: u32,
  aOuter: u32,
  aHead: u32,
  aRow: u32,
  bOffset: u32,
  bOuter: u32,
  bHead: u32,
  bRow: u32,
  cOffset: u32,
  cOuter: u32,
  cHead: u32,
  cRow: u32,
  biasOffset: u32,
  alpha: f32,
  maskValue: f32,
  // Keys before the first query: column j of row i is masked when j > i + maskShift.
  maskShift: i32,
}

@group(0) @binding(2) var<storage, read> bias: array<f32>;
@group(0) @binding(3) var<storage, read> residual: array<f32>;
@group(0) @binding(4) var<storage, read_write> c: array<f32>;
@group(0) @binding(5) var<uniform> params: Params;

// Where the batch's a, b and c begin.
fn batchBases(group: u32) -> vec3<u32> {
  let z = params.batchStart + group;
  let outer = z / params.heads;
  let head = z - outer * params.heads;
  return vec3<u32>(
    outer * params.aOuter + head * params.aHead,
    params.bOffset + outer * params.bOuter + head * params.bHead,
    params.cOffset + outer * params.cOuter + head * params.cHead,
  );
}

fn emit(base: u32, row: u32, column: u32, sum: f32) {
  if (row >= params.m || column >= params.n) {
    return;
  }
  var value = sum * params.alpha;
  if (HAS_BIAS) {
    value = value + bias[params.biasOffset + column];
  }
  if (ACTIVATION == 1u) {
    value = geluTanh(value);
  } else if (ACTIVATION == 2u) {
    value = geluErf(value);
  }
  let at = base + row * params.cRow + column;
  if (HAS_RESIDUAL) {
    value = value + residual[at];
  }
  if (CAUSAL && i32(column) > i32(row) + params.maskShift) {
    value = params.maskValue;
  }
  c[at] = value;
}

fn emit4(base: u32, row: u32, column: u32, sum: vec4<f32>) {
  emit(base, row, column, sum.x);
  emit(base, row, column + 1u, sum.y);
  emit(base, row, column + 2u, sum.z);
  emit(base, row, column + 3u, sum.w);
}
