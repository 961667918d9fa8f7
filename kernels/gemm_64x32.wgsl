// GEMM variant 2 for middling or unaligned sizes (m < 512, n < 128, or extents that are no multiple of 4).
// Shapes, bindings, numerics: shared/gemm.wgsl (appended). Any size, any alignment.
// Workgroup   8x16 threads of 4x4 outputs, one 64x32 tile of c, K tile 16, 6 KiB of workgroup memory.
// Reference   `linear` and its kin of the reference device. Idea: register tiling as in gpu.cpp's matmul ladder.
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;

// [16 k][16 groups of 4 rows], [16 k][8 groups of 4 columns]; whole vec4 stores only, see docs/kernels.md.
var<workgroup> aTile: array<vec4<f32>, 256>;
var<workgroup> bTile: array<vec4<f32>, 128>;

fn aAt(base: u32, row: u32, k: u32) -> f32 {
  if (row < params.m && k < params.k) {
    if (TRANSPOSED_A) {
      return a[base + k * params.aRow + row];
    }
    return a[base + row * params.aRow + k];
  }
  return 0.0;
}

fn bAt(base: u32, k: u32, column: u32) -> f32 {
  if (k < params.k && column < params.n) {
    if (TRANSPOSED_B) {
      return b[base + column * params.bRow + k];
    }
    return b[base + k * params.bRow + column];
  }
  return 0.0;
}

fn aGroup(base: u32, row: u32, k: u32) -> vec4<f32> {
  return vec4<f32>(
    aAt(base, row, k),
    aAt(base, row + 1u, k),
    aAt(base, row + 2u, k),
    aAt(base, row + 3u, k),
  );
}

@compute @workgroup_size(8, 16)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let base = batchBases(group.z);
  let firstRow = group.y * 64u;
  let firstColumn = group.x * 32u;
  // Which cell of the tiles this thread fills: neighbouring threads read neighbouring addresses.
  let aK = select(thread % 16u, thread / 16u, TRANSPOSED_A);
  let aRows = select(thread / 16u, thread % 16u, TRANSPOSED_A);
  // Its second cell of a: 8 groups of rows further, or 8 k.
  let nextK = select(aK, aK + 8u, TRANSPOSED_A);
  let nextRows = select(aRows + 8u, aRows, TRANSPOSED_A);
  let bK = select(thread / 8u, thread % 16u, TRANSPOSED_B);
  let bColumns = select(thread % 8u, thread / 16u, TRANSPOSED_B);
  let column = firstColumn + bColumns * 4u;
  var sum0 = vec4<f32>(0.0);
  var sum1 = vec4<f32>(0.0);
  var sum2 = vec4<f32>(0.0);
  var sum3 = vec4<f32>(0.0);
  for (var k0 = 0u; k0 < params.k; k0 += 16u) {
    aTile[aK * 16u + aRows] = aGroup(base.x, firstRow + aRows * 4u, k0 + aK);
    aTile[nextK * 16u + nextRows] = aGroup(base.x, firstRow + nextRows * 4u, k0 + nextK);
    bTile[bK * 8u + bColumns] = vec4<f32>(
      bAt(base.y, k0 + bK, column),
      bAt(base.y, k0 + bK, column + 1u),
      bAt(base.y, k0 + bK, column + 2u),
      bAt(base.y, k0 + bK, column + 3u),
    );
    workgroupBarrier();
    for (var k = 0u; k < 16u; k += 2u) {
      let a0 = aTile[k * 16u + local.y];
      let b0 = bTile[k * 8u + local.x];
      sum0 = fma(vec4<f32>(a0.x), b0, sum0);
      sum1 = fma(vec4<f32>(a0.y), b0, sum1);
      sum2 = fma(vec4<f32>(a0.z), b0, sum2);
      sum3 = fma(vec4<f32>(a0.w), b0, sum3);
      let a1 = aTile[k * 16u + 16u + local.y];
      let b1 = bTile[k * 8u + 8u + local.x];
      sum0 = fma(vec4<f32>(a1.x), b1, sum0);
      sum1 = fma(vec4<f32>(a1.y), b1, sum1);
      sum2 = fma(vec4<f32>(a1.z), b1, sum2);
      sum3 = fma(vec4<f32>(a1.w), b1, sum3);
    }
    workgroupBarrier();
  }
  let row = firstRow + local.y * 4u;
  let left = firstColumn + local.x * 4u;
  emit4(base.z, row, left, sum0);
  emit4(base.z, row + 1u, left, sum1);
  emit4(base.z, row + 2u, left, sum2);
  emit4(base.z, row + 3u, left, sum3);
}
