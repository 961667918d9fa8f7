// GEMM variant 3, the large one: 8x8 outputs a thread in sixteen named vec4 sums, vec4 reads from memory.
// Shapes, bindings, numerics: shared/gemm.wgsl (appended). Needs k, aRow, bRow and all offsets in multiples of 4,
// n too unless TRANSPOSED_B, and m if TRANSPOSED_A; the others are free, edges are guarded.
// Workgroup   16x16 threads, one 128x128 tile of c, K tile 16, 16 KiB of workgroup memory (the default limit).
// Reference   `linear` and its kin of the reference device. Idea: the 128x128 geometry of hdae/karume (ADR 0022);
//             sums are named, not indexed, because indexed local arrays spill out of registers.
@group(0) @binding(0) var<storage, read> a: array<vec4<f32>>;
@group(0) @binding(1) var<storage, read> b: array<vec4<f32>>;

// [16 k][32 groups of 4 rows or columns]; whole vec4 stores only, see docs/kernels.md.
var<workgroup> aTile: array<vec4<f32>, 512>;
var<workgroup> bTile: array<vec4<f32>, 512>;

// Each four k rotate by two groups more, so that the transposing stores below fall into different banks.
fn slot(k: u32, groupOfFour: u32) -> u32 {
  return k * 32u + ((groupOfFour + 2u * (k >> 2u)) & 31u);
}

// Four consecutive k of one row of a, or of one column of b where b is transposed.
fn aAt(base: u32, row: u32, k: u32) -> vec4<f32> {
  if (row < params.m && k < params.k) {
    return a[(base + row * params.aRow + k) >> 2u];
  }
  return vec4<f32>(0.0);
}

// Four consecutive rows of one k of a, where a is transposed.
fn aColumnAt(base: u32, row: u32, k: u32) -> vec4<f32> {
  if (row < params.m && k < params.k) {
    return a[(base + k * params.aRow + row) >> 2u];
  }
  return vec4<f32>(0.0);
}

fn bColumnAt(base: u32, k: u32, column: u32) -> vec4<f32> {
  if (column < params.n && k < params.k) {
    return b[(base + column * params.bRow + k) >> 2u];
  }
  return vec4<f32>(0.0);
}

// Four consecutive columns of one k of b.
fn bRowAt(base: u32, k: u32, column: u32) -> vec4<f32> {
  if (column < params.n && k < params.k) {
    return b[(base + k * params.bRow + column) >> 2u];
  }
  return vec4<f32>(0.0);
}

@compute @workgroup_size(16, 16)
fn main(
  @builtin(workgroup_id) group: vec3<u32>,
  @builtin(local_invocation_id) local: vec3<u32>,
  @builtin(local_invocation_index) thread: u32,
) {
  let base = batchBases(group.z);
  let firstRow = group.y * 128u;
  let firstColumn = group.x * 128u;
  // Threads 0..127 fill a's tile, the rest b's: a 4x4 block each, turned in registers.
  let lane = thread & 127u;
  let fillGroup = lane >> 2u;
  let fillK = (lane & 3u) * 4u;
  var s00 = vec4<f32>(0.0);
  var s01 = vec4<f32>(0.0);
  var s10 = vec4<f32>(0.0);
  var s11 = vec4<f32>(0.0);
  var s20 = vec4<f32>(0.0);
  var s21 = vec4<f32>(0.0);
  var s30 = vec4<f32>(0.0);
  var s31 = vec4<f32>(0.0);
  var s40 = vec4<f32>(0.0);
  var s41 = vec4<f32>(0.0);
  var s50 = vec4<f32>(0.0);
  var s51 = vec4<f32>(0.0);
  var s60 = vec4<f32>(0.0);
  var s61 = vec4<f32>(0.0);
  var s70 = vec4<f32>(0.0);
  var s71 = vec4<f32>(0.0);
  for (var k0 = 0u; k0 < params.k; k0 += 16u) {
    if (thread < 128u && TRANSPOSED_A) {
      let rows = lane & 31u;
      let k = (lane >> 5u) * 4u;
      let row = firstRow + rows * 4u;
      aTile[slot(k, rows)] = aColumnAt(base.x, row, k0 + k);
      aTile[slot(k + 1u, rows)] = aColumnAt(base.x, row, k0 + k + 1u);
      aTile[slot(k + 2u, rows)] = aColumnAt(base.x, row, k0 + k + 2u);
      aTile[slot(k + 3u, rows)] = aColumnAt(base.x, row, k0 + k + 3u);
    } else if (thread < 128u) {
      let row = firstRow + fillGroup * 4u;
      let r0 = aAt(base.x, row, k0 + fillK);
      let r1 = aAt(base.x, row + 1u, k0 + fillK);
      let r2 = aAt(base.x, row + 2u, k0 + fillK);
      let r3 = aAt(base.x, row + 3u, k0 + fillK);
      aTile[slot(fillK, fillGroup)] = vec4<f32>(r0.x, r1.x, r2.x, r3.x);
      aTile[slot(fillK + 1u, fillGroup)] = vec4<f32>(r0.y, r1.y, r2.y, r3.y);
      aTile[slot(fillK + 2u, fillGroup)] = vec4<f32>(r0.z, r1.z, r2.z, r3.z);
      aTile[slot(fillK + 3u, fillGroup)] = vec4<f32>(r0.w, r1.w, r2.w, r3.w);
    } else if (TRANSPOSED_B) {
      let column = firstColumn + fillGroup * 4u;
      let c0 = bColumnAt(base.y, k0 + fillK, column);
      let c1 = bColumnAt(base.y, k0 + fillK, column + 1u);
      let c2 = bColumnAt(base.y, k0 + fillK, column + 2u);
      let c3 = bColumnAt(base.y, k0 + fillK, column + 3u);
      bTile[slot(fillK, fillGroup)] = vec4<f32>(c0.x, c1.x, c2.x, c3.x);
      bTile[slot(fillK + 1u, fillGroup)] = vec4<f32>(c0.y, c1.y, c2.y, c3.y);
      bTile[slot(fillK + 2u, fillGroup)] = vec4<f32>(c0.z, c1.z, c2.z, c3.z);
      bTile[slot(fillK + 3u, fillGroup)] = vec4<f32>(c0.w, c1.w, c2.w, c3.w);
    } else {
      let columns = lane & 31u;
      let k = (lane >> 5u) * 4u;
      let column = firstColumn + columns * 4u;
      bTile[slot(k, columns)] = bRowAt(base.y, k0 + k, column);
      bTile[slot(k + 1u, columns)] = bRowAt(base.y, k0 + k + 1u, column);
      bTile[slot(k + 2u, columns)] = bRowAt(base.y, k0 + k + 2u, column);
      bTile[slot(k + 3u, columns)] = bRowAt(base.y, k0 + k + 3u, column);
    }
    workgroupBarrier();
    for (var k = 0u; k < 16u; k += 1u) {
      let a0 = aTile[slot(k, local.y)];
      let a1 = aTile[slot(k, local.y + 16u)];
      let b0 = bTile[slot(k, local.x)];
      let b1 = bTile[slot(k, local.x + 16u)];
      s00 = fma(vec4<f32>(a0.x), b0, s00);
      s01 = fma(vec4<f32>(a0.x), b1, s01);
      s10 = fma(vec4<f32>(a0.y), b0, s10);
      s11 = fma(vec4<f32>(a0.y), b1, s11);
      s20 = fma(vec4<f32>(a0.z), b0, s20);
      s21 = fma(vec4<f32>(a0.z), b1, s21);
      s30 = fma(vec4<f32>(a0.w), b0, s30);
      s31 = fma(vec4<f32>(a0.w), b1, s31);
      s40 = fma(vec4<f32>(a1.x), b0, s40);
      s41 = fma(vec4<f32>(a1.x), b1, s41);
      s50 = fma(vec4<f32>(a1.y), b0, s50);
      s51 = fma(vec4<f32>(a1.y), b1, s51);
      s60 = fma(vec4<f32>(a1.z), b0, s60);
      s61 = fma(vec4<f32>(a1.z), b1, s61);
      s70 = fma(vec4<f32>(a1.w), b0, s70);
      s71 = fma(vec4<f32>(a1.w), b1, s71);
    }
    workgroupBarrier();
  }
  let top = firstRow + local.y * 4u;
  let left = firstColumn + local.x * 4u;
  emit4(base.z, top, left, s00);
  emit4(base.z, top, left + 64u, s01);
  emit4(base.z, top + 1u, left, s10);
  emit4(base.z, top + 1u, left + 64u, s11);
  emit4(base.z, top + 2u, left, s20);
  emit4(base.z, top + 2u, left + 64u, s21);
  emit4(base.z, top + 3u, left, s30);
  emit4(base.z, top + 3u, left + 64u, s31);
  emit4(base.z, top + 64u, left, s40);
  emit4(base.z, top + 64u, left + 64u, s41);
  emit4(base.z, top + 65u, left, s50);
  emit4(base.z, top + 65u, left + 64u, s51);
  emit4(base.z, top + 66u, left, s60);
  emit4(base.z, top + 66u, left + 64u, s61);
  emit4(base.z, top + 67u, left, s70);
  emit4(base.z, top + 67u, left + 64u, s71);
}
