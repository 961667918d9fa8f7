// Canary: three tests for NaN a cell of source [cells] -> out [cells]: by bits (1), by x != x (2), max(x, 0) keeps it (4).
// Bindings    0 source, 1 out.
// Workgroup   64 threads along out.
// Numerics    bits; only the first test must hold, the others are told.
// Reference   ekzhang/jax-js#85, a comparison folded away.
@group(0) @binding(0) var<storage, read> source: array<f32>;
@group(0) @binding(1) var<storage, read_write> out: array<u32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let x = source[id.x];
  let larger = bitcast<u32>(max(x, 0.0));
  out[id.x] = u32((bitcast<u32>(x) & 0x7fffffffu) > 0x7f800000u) |
    (u32(x != x) << 1u) |
    (u32((larger & 0x7fffffffu) > 0x7f800000u) << 2u);
}
