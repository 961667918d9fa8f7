// GEMM variant 0, the slow and obvious one: one output a thread, 16x16 tiles of a and b in workgroup memory.
// Shapes, bindings, numerics: shared/gemm.wgsl (appended). Any size, any alignment.
// Workgroup   16x16 threads, one 16x16 tile of c, K tile 16.
// Reference   `linear`, `logits`, `attentionScores`, `attentionMix`, `headResult` of the reference device.
@group(0) @binding(0) var<storage, read> a: array<f32>;
@group(0) @binding(1) var<storage, read> b: array<f32>;

var<workgroup> aTile: array<f32, 256>;
var<workgroup> bTile: array<f32, 256>;

@compute @workgroup_size(16, 16)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) local: vec3<u32>) {
  let base = batchBases(group.z);
  let row = group.y * 16u + local.y;
  let column = group.x * 16u + local.x;
  var sum = 0.0;
  for (var k0 = 0u; k0 < params.k; k0 += 16u) {
    var aValue = 0.0;
    if (row < params.m && k0 + local.x < params.k) {
      if (TRANSPOSED_A) {
        aValue = a[base.x + (k0 + local.x) * params.aRow + row];
      } else {
        aValue = a[base.x + row * params.aRow + k0 + local.x];
      }
    }
    var bValue = 0.0;
    if (column < params.n && k0 + local.y < params.k) {
      if (TRANSPOSED_B) {
        bValue = b[base.y + column * params.bRow + k0 + local.y];
      } else {
        bValue = b[base.y + (k0 + local.y) * params.bRow + column];
      }
    }
    aTile[local.y * 16u + local.x] = aValue;
    bTile[local.y * 16u + local.x] = bValue;
    workgroupBarrier();
    for (var k = 0u; k < 16u; k++) {
      sum = fma(aTile[local.y * 16u + k], bTile[k * 16u + local.x], sum);
    }
    workgroupBarrier();
  }
  emit(base.z, row, column, sum);
}
