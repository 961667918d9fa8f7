// GEMM variant 1 for few rows (m <= 64): small tiles, so that narrow problems still fill the device.
// Shapes, bindings, numerics: shared/gemm.wgsl (appended). Any size, any alignment.
// Workgroup   4x16 threads of 1x4 outputs, one 16x16 tile of c, K tile 32, 4 KiB of workgroup memory.
// Reference   `linear` and its kin of the reference device. Idea: the skinny-M geometry of hdae/karume.
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;

// [16 rows][8 groups of 4 k], [32 k][4 groups of 4 columns]; whole vec4 stores only, see docs/kernels.md.
var<workgroup> aTile: array<vec4<f32>, 128>;
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

@compute @workgroup_size(4, 16)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let base = batchBases(group.z);
  let firstRow = group.y * 16u;
  let firstColumn = group.x * 16u;
  var sum = vec4<f32>(0.0);
  for (var k0 = 0u; k0 < params.k; k0 += 32u) {
    for (var item = thread; item < 128u; item += 64u) {
      // Neighbouring threads read neighbouring addresses: k of a, or rows of its transpose.
      let aRow = select(item / 8u, item % 16u, TRANSPOSED_A);
      let aGroup = select(item % 8u, item / 16u, TRANSPOSED_A);
      let row = firstRow + aRow;
      let k = k0 + aGroup * 4u;
      aTile[aRow * 8u + aGroup] = vec4<f32>(
        aAt(base.x, row, k),
        aAt(base.x, row, k + 1u),
        aAt(base.x, row, k + 2u),
        aAt(base.x, row, k + 3u),
      );
      // The same of b: columns, or k of its transpose.
      let bK = select(item / 4u, item % 32u, TRANSPOSED_B);
      let bGroup = select(item % 4u, item / 32u, TRANSPOSED_B);
      let column = firstColumn + bGroup * 4u;
      bTile[bK * 4u + bGroup] = vec4<f32>(
        bAt(base.y, k0 + bK, column),
        bAt(base.y, k0 + bK, column + 1u),
        bAt(base.y, k0 + bK, column + 2u),
        bAt(base.y, k0 + bK, column + 3u),
      );
    }
    workgroupBarrier();
    for (var k4 = 0u; k4 < 8u; k4++) {
      let av = aTile[local.y * 8u + k4];
      let at = k4 * 16u + local.x;
      sum = fma(vec4<f32>(av.x), bTile[at], sum);
      sum = fma(vec4<f32>(av.y), bTile[at + 4u], sum);
      sum = fma(vec4<f32>(av.z), bTile[at + 8u], sum);
      sum = fma(vec4<f32>(av.w), bTile[at + 12u], sum);
    }
    workgroupBarrier();
  }
  emit4(base.z, firstRow + local.y, firstColumn + local.x * 4u, sum);
}
